namespace GoGoScope.Quickstart.Tests;

/// <summary>How many tokens the workers' reports cost.</summary>
[CancelAfter(30_000)]
public class ReportsTests
{
    private const int Workers = 5;

    [Test]
    public async Task Without_a_lock_every_worker_fetches_its_own_token(CancellationToken cancellationToken)
    {
        var fetch = new PauseGate();
        var reports = new Reports(CheckoutLocks.None, fetch.PauseAsync);
        var sending = Enumerable.Range(0, Workers).Select(_ => reports.SendAsync(cancellationToken)).ToList();

        for (var worker = 0; worker < Workers; worker++) (await fetch.NextAsync())();
        await Task.WhenAll(sending);

        Assert.That((reports.Sent, reports.TokensFetched), Is.EqualTo((Workers, Workers)));
    }

    [Test]
    public async Task With_a_lock_one_fetches_and_the_others_use_it(CancellationToken cancellationToken)
    {
        await using var scope = Scope.Create(null, cancellationToken);
        var fetch = new PauseGate();
        var reports = new Reports(CheckoutLocks.Of(scope), fetch.PauseAsync);
        var sending = Enumerable.Range(0, Workers).Select(_ => reports.SendAsync(cancellationToken)).ToList();

        (await fetch.NextAsync())();
        await Task.WhenAll(sending);

        Assert.That((reports.Sent, reports.TokensFetched), Is.EqualTo((Workers, 1)));
    }

    [Test]
    public async Task A_token_is_good_for_fifty_reports(CancellationToken cancellationToken)
    {
        await using var scope = Scope.Create(null, cancellationToken);
        var reports = new Reports(CheckoutLocks.Of(scope), _ => Task.CompletedTask);

        for (var report = 0; report < 50; report++) await reports.SendAsync(cancellationToken);
        Assert.That(reports.TokensFetched, Is.EqualTo(1));

        await reports.SendAsync(cancellationToken);
        Assert.That(reports.TokensFetched, Is.EqualTo(2));
    }

    [Test]
    public async Task A_failed_fetch_leaves_the_lock_to_the_next(CancellationToken cancellationToken)
    {
        await using var scope = Scope.Create(null, cancellationToken);
        var fails = true;
        var reports = new Reports(CheckoutLocks.Of(scope), _ => fails ? throw new IOException("The token service is down.") : Task.CompletedTask);

        Assert.That(async () => await reports.SendAsync(cancellationToken), Throws.InstanceOf<IOException>());
        fails = false;
        await reports.SendAsync(cancellationToken);

        Assert.That((reports.Sent, reports.TokensFetched), Is.EqualTo((1, 1)));
    }
}
