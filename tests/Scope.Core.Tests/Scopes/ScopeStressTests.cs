using static GoGoScope.Tests.Scopes.TestTools;

namespace GoGoScope.Tests.Scopes;

/// <summary>Everything at once, thousands of times: what must hold whoever wins the race.</summary>
[TestFixture]
public sealed class ScopeStressTests
{
    [Test]
    [CancelAfter(60_000)]
    public async Task Start_cancel_own_and_dispose_at_the_same_time(CancellationToken cancellationToken)
    {
        var seed = TestContext.CurrentContext.Random.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 3000; round++) await RaceOnce(random).WaitAsync(cancellationToken);
    }

    private static async Task RaceOnce(Random random)
    {
        var options = new ScopeOptions
        {
            FailurePolicy = random.Next(2) == 0 ? FailurePolicy.FailFast : FailurePolicy.Supervise,
            MaxConcurrency = random.Next(3) == 0 ? random.Next(1, 3) : null,
            Timeout = random.Next(4) == 0 ? TimeSpan.FromMilliseconds(random.Next(3)) : Timeout.InfiniteTimeSpan,
        };
        using var caller = new CancellationTokenSource();
        await using var parent = Scope.Create();
        var s = random.Next(2) == 0 ? Scope.Create(options, caller.Token) : parent.CreateChild(options);
        int begun = 0, ended = 0, owned = 0, released = 0, late = 0;
        var racers = new List<Func<Task>>();
        for (var i = random.Next(4); i >= 0; i--) racers.Add(() => StartSome(random.Next()));
        racers.Add(OwnSome);
        racers.Add(async () => await s.DisposeAsync().Error());
        if (random.Next(2) == 0) racers.Add(async () => await s.DisposeAsync().Error());
        if (random.Next(2) == 0) racers.Add(async () => s.Cancel());
        if (random.Next(2) == 0) racers.Add(() => caller.CancelAsync());
        if (random.Next(2) == 0) racers.Add(async () => await s.JoinAsync().Error());
        if (random.Next(2) == 0) racers.Add(async () => s.CancelAfter(TimeSpan.FromMilliseconds(1)));
        if (random.Next(3) == 0) racers.Add(async () => await parent.DisposeAsync().Error());
        racers.Add(async () => s.Dump());

        await Task.WhenAll(racers.Select(racer => Task.Run(racer))).Soon();
        await s.DisposeAsync().Error();
        while (Volatile.Read(ref released) < owned) await Task.Yield();

        Assert.That(ended, Is.EqualTo(begun), "A child outlived its scope.");
        Assert.That(released, Is.EqualTo(owned), "Something that was owned was released twice.");
        Assert.That(late, Is.Zero, "A child began after the end.");
        Assert.That(s.HasRunningChildAfter(0), Is.False);
        Assert.That(s.Token.IsCancellationRequested, Is.True);
        Assert.That(s.Dump(), Does.StartWith("Scope: closed"));
        Assert.That(() => s.Run(Forever), Throws.TypeOf<ObjectDisposedException>());

        async Task StartSome(int seed)
        {
            var choice = new Random(seed);
            var tasks = new List<Task>();
            try
            {
                for (var i = 0; i < 5; i++)
                {
                    var kind = choice.Next(5);
                    tasks.Add(s.Start(ct => Child(kind, ct)).AsTask());
                    if (kind == 4) await Task.Yield();
                }
            }
            catch (ObjectDisposedException) { }
            foreach (var task in tasks) await task.Error();
        }

        async Task Child(int kind, CancellationToken ct)
        {
            Interlocked.Increment(ref begun);
            if (s.Dump().Contains("closed", StringComparison.Ordinal)) Interlocked.Increment(ref late);
            try
            {
                switch (kind)
                {
                    case 0: await Forever(ct); break;
                    case 1: await Task.Yield(); break;
                    case 2: throw new Boom();
                    case 3: s.Run(_ => Task.CompletedTask); break;
                }
            }
            finally
            {
                Interlocked.Increment(ref ended);
            }
        }

        async Task OwnSome()
        {
            for (var i = 0; i < 5; i++)
            {
                Interlocked.Increment(ref owned);
                try
                {
                    var slow = i == 2;
                    s.Defer(async _ =>
                    {
                        if (slow) await Task.Yield();
                        Interlocked.Increment(ref released);
                    });
                }
                catch (ObjectDisposedException)
                {
                    // Run all the same, at once or soon.
                }
                await Task.Yield();
            }
        }
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Child_scopes_come_and_go_while_their_parent_is_cancelled_and_ended(CancellationToken cancellationToken)
    {
        var seed = TestContext.CurrentContext.Random.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 1000; round++)
        {
            var parent = Scope.Create(cancellationToken: CancellationToken.None);
            var made = new System.Collections.Concurrent.ConcurrentBag<Scope>();
            var makers = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
            {
                try
                {
                    for (var i = 0; i < 20; i++)
                    {
                        var child = parent.CreateChild();
                        made.Add(child);
                        child.Run(Forever);
                        if (i % 3 == 0) await child.DisposeAsync();
                    }
                }
                catch (ObjectDisposedException) { }
            }, CancellationToken.None)).ToList();
            if (random.Next(2) == 0) makers.Add(Task.Run(() => parent.Cancel(), CancellationToken.None));
            var patience = random.Next(200);
            makers.Add(Task.Run(async () =>
            {
                while (patience-- > 0 && made.Count < 60) await Task.Yield();
                await parent.DisposeAsync();
            }, CancellationToken.None));
            await Task.WhenAll(makers).WaitAsync(cancellationToken);

            Assert.That(made.All(child => child.IsCancelled), Is.True);
            foreach (var child in made) Assert.That(() => child.CreateChild(), Throws.TypeOf<ObjectDisposedException>());
            Assert.That(parent.Dump().TrimEnd(), Does.Not.Contain("\n"));
        }
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_child_that_is_started_when_the_last_one_has_just_ended_may_finish(CancellationToken cancellationToken)
    {
        int started = 0, finished = 0;
        for (var round = 0; round < 3000; round++)
        {
            var joins = new Task[4];
            await Scope.RunAsync(s =>
            {
                s.Run(async _ => await Task.Yield());
                // They are told at the moment for which the scope's end waits, too.
                for (var i = 0; i < joins.Length; i++) joins[i] = StartAfterJoin(s);
                return Task.CompletedTask;
            }, cancellationToken: cancellationToken).Soon();
            foreach (var join in joins) await join.Error();
        }

        TestContext.Out.WriteLine($"{started} children were started in time");
        Assert.That(finished, Is.EqualTo(started));

        async Task StartAfterJoin(Scope s)
        {
            await s.JoinAsync(CancellationToken.None).ConfigureAwait(false);
            var child = s.Start(async ct =>
            {
                await Task.Yield();
                if (!ct.IsCancellationRequested) Interlocked.Increment(ref finished);
            });
            // Whatever was refused with the end of the scope is cancelled by now.
            if (child.AsTask().IsCanceled) return;
            Interlocked.Increment(ref started);
        }
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_failure_races_the_body_and_is_never_lost(CancellationToken cancellationToken)
    {
        for (var round = 0; round < 5000; round++)
        {
            var bodyToo = round % 2 == 0;
            var error = await Scope.RunAsync(async s =>
            {
                s.Run(async ct =>
                {
                    if (round % 3 == 0) await Task.Yield();
                    throw new Boom("child");
                });
                if (round % 5 == 0) await Task.Yield();
                if (bodyToo) throw new Boom("body");
            }, cancellationToken: cancellationToken).Error();

            Assert.That(error, Is.TypeOf<Boom>());
            var all = error!.GetSuppressed().Prepend(error!).Select(boom => boom.Message).ToArray();
            // The body may fail before the child begins: then it never runs.
            Assert.That(all, bodyToo ? Is.SubsetOf(["body", "child"]).And.Contain("body") : Is.EqualTo(["child"]));
        }
    }
}
