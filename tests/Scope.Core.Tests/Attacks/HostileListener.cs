using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;

namespace GoGoScope.Tests.Attacks;

/// <summary>A program of its own, in which nobody has used a lock before: a listener is hostile when it is asked what it wants to hear.</summary>
public static class HostileListener
{
    /// <summary>The first argument that runs it.</summary>
    internal const string Name = "hostile-listener";

    public enum Does
    {
        Throw,
        Acquire,
        WaitForOthersWhoAcquire,
    }

    public enum Use
    {
        Scope,
        Lock,
        Provider,
        Store,
        ForeignProvider,
    }

    // That of the program and of the listener, which ask for the same key.
    private static InMemoryLockProvider? _own;

    internal static async Task RunAsync(Does does, string when, Use use)
    {
        var (hostile, granted) = (0, 0L);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Meter.Name != "GoGoScope") return;
            if (instrument.Name == "gogoscope.lock.acquisitions") own.EnableMeasurementEvents(instrument);
            Meet(instrument.Name);
        };
        listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref granted, count));
        listener.Start();
        using var spans = new ActivityListener
        {
            ShouldListenTo = source =>
            {
                if (source.Name == "GoGoScope") Meet("source");
                return false;
            },
        };
        ActivitySource.AddActivityListener(spans);
        // The runtime makes one event source at a time, its own among them: what others use is to be there when they are waited for.
        ArrayPool<char>.Shared.Return(ArrayPool<char>.Shared.Rent(1));
        _ = new ConcurrentDictionary<int, int>().Values;
        using var events = new Events(() => Meet("events"));

        await UseAsync(use);
        await UseAsync(use);
        Console.WriteLine($"hostile: {hostile}, others hear: {granted > 0}");

        void Meet(string what)
        {
            if (what != when) return;
            if (does == Does.Acquire)
            {
                foreach (var way in Enum.GetValues<Use>()) UseAsync(way).Wait();
            }
            if (does == Does.WaitForOthersWhoAcquire)
            {
                foreach (var way in Enum.GetValues<Use>()) Task.Run(() => UseAsync(way)).Wait();
            }
            hostile++;
            if (does == Does.Throw) throw new InvalidOperationException("The listener throws.");
        }
    }

    private static async Task UseAsync(Use use)
    {
        if (use == Use.ForeignProvider)
        {
            await using var foreign = GoGoScope.Scope.Create(new ScopeOptions { LockProvider = new Foreign() });
            return;
        }
        if (use == Use.Scope)
        {
            await using var scope = GoGoScope.Scope.Create();
            for (var i = 0; i < 300; i++) await using (await scope.AcquireLockAsync($"k{i}")) { }
            return;
        }
        var options = new LockOptions { Key = "k" };
        await using var store = use == Use.Store ? new LeasedLockProvider(new GoGoScope.Testing.InMemoryLockStore()) : null;
        if (store is not null) options = options with { Provider = store };
        if (use == Use.Provider) options = options with { Provider = _own ??= new InMemoryLockProvider() };
        await using var one = new Lock(CancellationToken.None, options);
        await using (await one.AcquireAsync()) { }
    }

    /// <summary>One that is not ours, and makes nothing of ours.</summary>
    private sealed class Foreign : ILockProvider
    {
        public string Name => "foreign";

        public bool IsDistributed => true;

        public ValueTask<LockGuard> AcquireAsync(in LockRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<LockGuard?> TryAcquireAsync(in LockRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public IReadOnlyList<LockSnapshot> Snapshot() => [];
    }

    private sealed class Events : EventListener
    {
        internal Events(Action meet) => EventSourceCreated += (_, created) =>
        {
            if (created.EventSource?.Name == "GoGoScope") meet();
        };
    }
}
