namespace GoGoScope.Tests.Primitives;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class GateTests
{
    private Gate _gate;
    private int _inside;
    private long _count;

    [Test]
    public void It_is_closed_from_enter_to_exit()
    {
        var gate = new Gate();
        Assert.That(gate.IsClosed, Is.False);
        gate.Enter();
        Assert.That(gate.IsClosed);
        gate.Exit();
        Assert.That(gate.IsClosed, Is.False);
    }

    /// <summary>More threads than cores: a holder that loses its time slice inside must get it back.</summary>
    [Test]
    [CancelAfter(60_000)]
    public void One_thread_at_a_time_is_inside()
    {
        const int Threads = 8, Rounds = 100_000;
        using var start = new Barrier(Threads);
        var threads = Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            start.SignalAndWait();
            for (var i = 0; i < Rounds; i++)
            {
                _gate.Enter();
                if (++_inside != 1) _count = long.MinValue;
                // Neither is atomic: only the gate keeps them right.
                _count++;
                _inside--;
                _gate.Exit();
            }
        })).ToList();

        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.That(_count, Is.EqualTo((long)Threads * Rounds));
        Assert.That(_gate.IsClosed, Is.False);
    }

    [Test]
    public void Who_finds_it_closed_waits_for_its_exit()
    {
        _gate = new Gate();
        _gate.Enter();
        var entered = false;
        using var started = new ManualResetEventSlim();
        var thread = new Thread(() =>
        {
            started.Set();
            _gate.Enter();
            Volatile.Write(ref entered, true);
            _gate.Exit();
        });

        thread.Start();
        started.Wait();
        for (var i = 0; i < 100; i++) Thread.Yield();
        Assert.That(Volatile.Read(ref entered), Is.False);

        _gate.Exit();
        thread.Join();
        Assert.That(entered);
    }
}
