using static GoGoScope.Tests.Scopes.TestTools;

namespace GoGoScope.Tests.Scopes;

[TestFixture]
public sealed class ConcurrencyLimitTests
{
    [TestCase(1)]
    [TestCase(3)]
    [TestCase(16)]
    public async Task The_limit_is_never_exceeded_and_is_reached(int limit)
    {
        var running = 0;
        var most = 0;
        var gate = new object();
        var full = Signal();
        await Scope.RunAsync(s =>
        {
            for (var i = 0; i < 300; i++)
            {
                s.Run(async ct =>
                {
                    lock (gate)
                    {
                        most = Math.Max(most, ++running);
                        if (running == limit) full.TrySetResult();
                    }
                    await full.Task;
                    await Task.Yield();
                    lock (gate) running--;
                });
            }
            return Task.CompletedTask;
        }, new ScopeOptions { MaxConcurrency = limit }).Soon();

        Assert.That(most, Is.EqualTo(limit));
    }

    [Test]
    public async Task Children_get_their_turn_in_order()
    {
        var order = new List<int>();
        await Scope.RunAsync(s =>
        {
            for (var i = 0; i < 100; i++)
            {
                var number = i;
                s.Run(async ct =>
                {
                    order.Add(number);
                    await Task.Yield();
                });
            }
            return Task.CompletedTask;
        }, new ScopeOptions { MaxConcurrency = 1 }).Soon();

        Assert.That(order, Is.EqualTo(Enumerable.Range(0, 100)));
    }

    [Test]
    public async Task Failures_leak_no_slots()
    {
        var ran = 0;
        var error = await Scope.RunAsync(s =>
        {
            for (var i = 0; i < 100; i++)
            {
                s.Run(ct =>
                {
                    Interlocked.Increment(ref ran);
                    throw new Boom();
                });
            }
            return Task.CompletedTask;
        }, new ScopeOptions { MaxConcurrency = 2, FailurePolicy = FailurePolicy.Supervise }).Error();

        Assert.That(ran, Is.EqualTo(100));
        Assert.That(error!.GetSuppressed(), Has.Count.EqualTo(99));
    }

    [Test]
    public async Task A_failure_ends_those_that_still_wait()
    {
        var ran = 0;
        var error = await Scope.RunAsync(s =>
        {
            s.Run(async ct =>
            {
                await Task.Yield();
                throw new Boom();
            });
            for (var i = 0; i < 10_000; i++) s.Run(async ct => Interlocked.Increment(ref ran));
            return Task.CompletedTask;
        }, new ScopeOptions { MaxConcurrency = 1 }).Error();

        Assert.That(error, Is.TypeOf<Boom>());
        Assert.That(ran, Is.Zero);
    }

    [Test]
    public async Task A_slot_is_free_before_whoever_awaits_its_child_goes_on()
    {
        await using var s = Scope.Create(new ScopeOptions { MaxConcurrency = 1 });
        for (var i = 0; i < 1000; i++)
        {
            var first = s.Start(async ct => await Task.Yield());
            var second = s.Start(async ct => { await Task.Yield(); return 1; });
            // Would hang if a continuation ran in the stack of the child that it awaited, with its slot.
            await first.ConfigureAwait(false);
            Assert.That(second.AsTask().Wait(Hang), Is.True);
        }
        for (var i = 0; i < 1000; i++)
        {
            var first = s.Start(async ct => { await Task.Yield(); return 1; });
            var second = s.Start(async ct => await Task.Yield());
            await first.ConfigureAwait(false);
            Assert.That(second.AsTask().Wait(Hang), Is.True);
        }
    }
}
