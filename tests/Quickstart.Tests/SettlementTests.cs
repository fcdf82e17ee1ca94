namespace GoGoScope.Quickstart.Tests;

/// <summary>Whole runs in this process.</summary>
[CancelAfter(60_000)]
public class SettlementTests
{
    private static readonly List<Order> Orders =
        [.. Enumerable.Range(0, 600).Select(i => new Order($"wh-{i * 9 / 10}", $"c-{i * 9 / 10 % 7}", $"p-{i * 9 / 10 % 3}", 1, 100))];

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(16)]
    [TestCase(1000)]
    public async Task With_locks_any_number_of_workers_loses_nothing(int workers, CancellationToken cancellationToken)
    {
        var progress = new Counted();

        var run = await new Settlement(Orders, workers, TimeSpan.Zero).RunAsync("with lock", CheckoutLocks.Of, progress, cancellationToken);

        Assert.That(run.Audit.LostUpdates, Is.Zero);
        Assert.That(run.Audit.OrdersSettled + run.Audit.OrdersDeclined, Is.EqualTo(540), "each webhook is processed once");
        Assert.That(run.Deliveries, Is.EqualTo(600));
        Assert.That(progress.Steps, Is.EqualTo(600));
    }

    [Test]
    public async Task One_worker_needs_no_locks(CancellationToken cancellationToken)
    {
        var run = await new Settlement(Orders, 1, TimeSpan.Zero).RunAsync("without lock", _ => CheckoutLocks.None, new Counted(), cancellationToken);

        Assert.That(run.Audit.LostUpdates, Is.Zero);
        Assert.That(run.TokensFetched, Is.EqualTo(2), "60 reports, 50 for each token");
    }

    [Test]
    public async Task Every_worker_reports_what_it_did(CancellationToken cancellationToken)
    {
        var run = await new Settlement([.. Orders.Take(3)], 3, TimeSpan.Zero).RunAsync("with lock", CheckoutLocks.Of, new Counted(), cancellationToken);

        Assert.That(run.TokensFetched, Is.EqualTo(1), "fewer than ten deliveries are reported as well");
    }

    [Test]
    public void Cancelling_ends_every_worker()
    {
        using var cancel = new CancellationTokenSource();
        var progress = new Counted { AfterFirst = cancel.Cancel };

        Assert.That(
            async () => await new Settlement(Orders, 4, TimeSpan.FromMilliseconds(1)).RunAsync("with lock", CheckoutLocks.Of, progress, cancel.Token),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(progress.Steps, Is.LessThan(600));
    }

    [Test]
    public void A_worker_that_fails_ends_the_run_with_its_own_exception() =>
        Assert.That(
            async () => await new Settlement(Orders, 4, TimeSpan.Zero).RunAsync(
                "with lock", CheckoutLocks.Of, new Counted { AfterFirst = () => throw new IOException("The disk is full.") }, CancellationToken.None),
            Throws.TypeOf<IOException>().With.Message.EqualTo("The disk is full."));

    private sealed class Counted : ProgressDisplay
    {
        // Nobody goes on before whoever came first has done what it has to.
        private readonly System.Threading.Lock _gate = new();
        private int _steps;

        public int Steps => _steps;

        public Action? AfterFirst { get; init; }

        public override Action Begin(string name, int steps) => () =>
        {
            lock (_gate)
            {
                if (++_steps == 1) AfterFirst?.Invoke();
            }
        };
    }
}
