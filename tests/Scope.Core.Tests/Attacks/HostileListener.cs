using System.Diagnostics;
using System.Diagnostics.Metrics;

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
        if (use == Use.Scope)
        {
            await using var scope = GoGoScope.Scope.Create();
            for (var i = 0; i < 300; i++) await using (await scope.AcquireLockAsync($"k{i}")) { }
            return;
        }
        var options = new LockOptions { Key = "k" };
        if (use == Use.Provider) options = options with { Provider = _own ??= new InMemoryLockProvider() };
        await using var one = new Lock(CancellationToken.None, options);
        await using (await one.AcquireAsync()) { }
    }
}
