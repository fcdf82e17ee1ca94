namespace GoGoScope.Hosting.Tests;

/// <summary>The scope of a scope of services, as a request is one: its end is the container's matter, which ends with the first exception.</summary>
[TestFixture]
public sealed class RequestScopeTests
{
    [Test]
    public async Task What_was_made_before_a_scope_that_fails_is_disposed_too_and_the_failure_is_logged(
        [Values("failure", "deadline", "lost lease")] string what, [Values] FailurePolicy policy)
    {
        var (time, log) = (new ManualTimeProvider(), new LogEntries());
        var host = await TestApplication.StartAsync(
            services =>
            {
                services.AddGoGoScope(options => options.Scope = new ScopeOptions { FailurePolicy = policy });
                services.AddScoped<Database>();
            },
            time: time, log: log);
        var request = host.Services.CreateAsyncScope();
        var database = request.ServiceProvider.GetRequiredService<Database>();
        var scope = request.ServiceProvider.GetRequiredService<Scope>();
        var begun = new TaskCompletionSource();
        scope.Run(async ct =>
        {
            begun.SetResult();
            if (what == "failure") throw new InvalidOperationException("the child failed");
            await Task.Delay(Timeout.InfiniteTimeSpan, ct);
        });
        await begun.Task.Soon();
        if (what == "deadline") scope.CancelAfter(TimeSpan.Zero);
        if (what == "lost lease")
        {
            _ = await scope.CreateLock(what, new LockOptions { AutoRenew = false, TimeToLive = TimeSpan.FromSeconds(1), OnLost = LeaseLossAction.CancelScope }).AcquireAsync();
            time.Advance(TimeSpan.FromSeconds(1));
        }
        await Waiting.Until(() => scope.Reason is not null || scope.Failures.Count == 1, "it has failed");

        var end = request.DisposeAsync().AsTask();
        await end.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Assert.That((database.IsDisposed, end.Exception), Is.EqualTo((true, (Exception?)null)));
        Assert.That(log.Has(103, "failure"));
        await host.EndAsync();
    }

    [Test]
    public async Task That_the_client_has_gone_or_the_application_ends_is_no_failure([Values] bool hasGone)
    {
        var log = new LogEntries();
        var host = await TestApplication.StartAsync(services => services.AddGoGoScope(), log: log);
        var request = host.Services.CreateAsyncScope();
        var scope = request.ServiceProvider.GetRequiredService<Scope>();
        var begun = new TaskCompletionSource();
        scope.Run(ct =>
        {
            begun.SetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, ct);
        });
        await begun.Task.Soon();
        if (hasGone) scope.Cancel("The client has gone.");
        else host.Services.GetRequiredService<ApplicationScope>().Scope.Cancel();

        await request.DisposeAsync().AsTask().Soon();
        Assert.That(log.All.Where(entry => entry.Id == 103), Is.Empty);
        await host.EndAsync();
    }

    private sealed class Database : IAsyncDisposable
    {
        internal bool IsDisposed { get; private set; }

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return default;
        }
    }
}
