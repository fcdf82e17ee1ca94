using static GoGoScope.Tests.Scopes.TestTools;

#pragma warning disable CS1998 // async lambdas without await are one of the shapes

namespace GoGoScope.Tests.Scopes;

/// <summary>Every shape of a callback compiles without a cast and means what it says.</summary>
[TestFixture]
public sealed class OverloadTests
{
    [Test]
    public async Task RunAsync_takes_every_shape()
    {
        int[] results =
        [
            await Scope.RunAsync(async s => 1),
            await Scope.RunAsync(async s => { await Task.Yield(); return 2; }),
            await Scope.RunAsync(s => Task.FromResult(3)),
            await Scope.RunAsync(s => ValueTask.FromResult(4)),
            await Scope.RunAsync(TaskOfInt),
            await Scope.RunAsync(ValueTaskOfInt),
            await Scope.RunAsync(async s => { await Task.Yield(); return s.Name is null ? 7 : 0; }, new ScopeOptions(), CancellationToken.None),
            await Scope.RunAsync(new Func<Scope, Task<int>>(TaskOfInt)),
            await Scope.RunAsync(new Func<Scope, ValueTask<int>>(ValueTaskOfInt)),
            await Scope.RunAsync(static s => s.Start(static ct => Task.FromResult(10)).AsTask()),
        ];
        Assert.That(results, Is.EqualTo([1, 2, 3, 4, 5, 6, 7, 5, 6, 10]));

        await Scope.RunAsync(async s => { });
        await Scope.RunAsync(async s => { await Task.Yield(); });
        await Scope.RunAsync(async s => await Task.Yield());
        await Scope.RunAsync(s => Task.CompletedTask);
        await Scope.RunAsync(s => ValueTask.CompletedTask);
        await Scope.RunAsync(JustTask);
        await Scope.RunAsync(JustValueTask);
        await Scope.RunAsync(s => s.JoinAsync());
        await Scope.RunAsync(s => s.DisposeAsync());
        Assert.That(await Scope.RunAsync(s => throw new Boom()).Error(), Is.TypeOf<Boom>());
        Assert.That(await Scope.RunAsync(async s => throw new Boom()).Error(), Is.TypeOf<Boom>());

        static Task<int> TaskOfInt(Scope s) => Task.FromResult(5);
        static ValueTask<int> ValueTaskOfInt(Scope s) => ValueTask.FromResult(6);
        static Task JustTask(Scope s) => Task.CompletedTask;
        static ValueTask JustValueTask(Scope s) => ValueTask.CompletedTask;
    }

    [Test]
    public async Task Start_takes_every_shape()
    {
        await using var s = Scope.Create();
        ScopeTask<int>[] results =
        [
            s.Start(async ct => 1),
            s.Start(async ct => { await Task.Yield(); return 2; }),
            s.Start(ct => Task.FromResult(3)),
            s.Start(ct => ValueTask.FromResult(4)),
            s.Start(TaskOfInt),
            s.Start(ValueTaskOfInt),
        ];
        var sum = 0;
        foreach (var result in results) sum += await result;
        Assert.That(sum, Is.EqualTo(21));

        ScopeTask[] tasks =
        [
            s.Start(async ct => { }),
            s.Start(async ct => await Task.Yield()),
            s.Start(ct => Task.CompletedTask),
            s.Start(ct => ValueTask.CompletedTask),
            s.Start(JustTask),
            s.Start(JustValueTask),
        ];
        foreach (var task in tasks) await task;
        Assert.That(async () => await s.Start(ct => throw new Boom()), Throws.TypeOf<Boom>());

        static Task<int> TaskOfInt(CancellationToken ct) => Task.FromResult(5);
        static ValueTask<int> ValueTaskOfInt(CancellationToken ct) => ValueTask.FromResult(6);
        static Task JustTask(CancellationToken ct) => Task.CompletedTask;
        static ValueTask JustValueTask(CancellationToken ct) => ValueTask.CompletedTask;
    }

    [Test]
    public async Task Run_and_Defer_take_every_shape()
    {
        var calls = 0;
        await using (var s = Scope.Create())
        {
            s.Run(async ct => Interlocked.Increment(ref calls));
            s.Run(async ct => { await Task.Yield(); Interlocked.Increment(ref calls); });
            s.Run(ct => Count());
            s.Run(ct => new ValueTask(Count()));
            s.Run(CountTask);
            s.Run(CountValueTask);
            s.Run(ct => Task.FromResult(Interlocked.Increment(ref calls)));
            await s.JoinAsync();
            Assert.That(calls, Is.EqualTo(7));

            s.Defer(async ct => Interlocked.Increment(ref calls));
            s.Defer(async ct => { await Task.Yield(); Interlocked.Increment(ref calls); });
            s.Defer(ct => Count());
            s.Defer(ct => new ValueTask(Count()));
            s.Defer(CountTask);
            s.Defer(CountValueTask);
        }
        Assert.That(calls, Is.EqualTo(13));

        Task Count()
        {
            Interlocked.Increment(ref calls);
            return Task.CompletedTask;
        }

        Task CountTask(CancellationToken ct) => Count();
        ValueTask CountValueTask(CancellationToken ct) => new(Count());
    }

    [Test]
    public async Task A_value_task_is_awaited_not_dropped()
    {
        var release = Signal();
        var s = Scope.Create();
        s.Run(ct => new ValueTask(release.Task));
        var child = s.Start(ct => new ValueTask<int>(Late()));
        var join = s.JoinAsync();
        Assert.That(join.IsCompleted, Is.False);
        release.SetResult();
        await join.Soon();
        Assert.That(await child, Is.EqualTo(8));
        await s.DisposeAsync();

        async Task<int> Late()
        {
            await release.Task;
            return 8;
        }
    }
}
