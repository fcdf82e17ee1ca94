using GoGoScope.Tests.Scopes;
using ManualTimeProvider = GoGoScope.Testing.ManualTimeProvider;

namespace GoGoScope.Tests.Attacks;

public sealed class DeadlineRaceTests
{
    // The longer the name, the longer the moment between the look at the deadline and the cancellation.
    private static readonly string LongName = new('n', 2_000_000);

    [Test]
    public async Task Removing_the_deadline_while_it_passes_gives_one_of_two_outcomes()
    {
        for (var round = 0; round < 200; round++)
        {
            var time = new ManualTimeProvider();
            var scope = Scope.Create(new ScopeOptions { Name = LongName, Timeout = TimeSpan.FromSeconds(1), TimeProvider = time });
            scope.Run(TestTools.Forever);
            using var start = new Barrier(2);
            var advance = Task.Run(() => { start.SignalAndWait(); time.Advance(TimeSpan.FromSeconds(1)); });
            var remove = Task.Run(() =>
            {
                start.SignalAndWait();
                Thread.SpinWait(200 * (round % 50));
                scope.CancelAfter(Timeout.InfiniteTimeSpan);
                return scope.IsCancelled;
            });
            await Task.WhenAll(advance, remove).Soon();
            scope.Cancel();
            var error = await scope.JoinAsync().Error();
            Assert.That(error, Is.Null.Or.TypeOf<ScopeTimeoutException>(), $"round {round}");
            await scope.DisposeAsync();
        }
    }

    [Test]
    public async Task Removing_the_deadline_of_a_child_scope_while_it_passes_does_not_break_the_end_of_its_parent()
    {
        for (var round = 0; round < 200; round++)
        {
            var released = false;
            var time = new ManualTimeProvider();
            var parent = Scope.Create(new ScopeOptions { TimeProvider = time });
            parent.Defer(_ => { released = true; return Task.CompletedTask; });
            var scope = parent.CreateChild(new ScopeOptions { Name = LongName, Timeout = TimeSpan.FromSeconds(1) });
            scope.Run(TestTools.Forever);
            using var start = new Barrier(2);
            var advance = Task.Run(() => { start.SignalAndWait(); time.Advance(TimeSpan.FromSeconds(1)); });
            var remove = Task.Run(() =>
            {
                start.SignalAndWait();
                Thread.SpinWait(200 * (round % 50));
                scope.CancelAfter(Timeout.InfiniteTimeSpan);
            });
            await Task.WhenAll(advance, remove).Soon();
            var error = await parent.DisposeAsync().Error();
            Assert.That(released, $"round {round}: the end of the parent stopped half way with {error?.GetType()}");
        }
    }
}
