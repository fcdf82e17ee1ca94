using System.Runtime.Versioning;

namespace GoGoScope.Tool;

/// <summary>Renews the lease as long as the program runs, and lets the supervisor know until when it lasts.</summary>
[SupportedOSPlatform("linux")]
internal sealed class Renewal(LockGuard guard, TimeSpan timeToLive, TimeSpan grace, TimeProvider? time = null)
{
    private const int RenewalsPerLease = 3;

    // What Core allows for clocks that go differently.
    private const double ClockDrift = 0.001;

    private static readonly TimeSpan MostToEnd = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(100);

    /// <summary>How late a supervisor may be, on a busy machine, before it is taken for one that stands still.</summary>
    private static readonly TimeSpan LatestKill = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time = time ?? BootTime.Provider;

    /// <summary>For how long the program may rely on it: a little less than it lasts, as who is killed needs a moment to be gone.</summary>
    private readonly TimeSpan _reliable = timeToLive * (1 - ClockDrift) - (timeToLive / 10 < MostToEnd ? timeToLive / 10 : MostToEnd);

    private long _until;

    /// <summary>Renews it now.</summary>
    /// <returns>The timestamp until which it can be relied upon: counted from when the renewal was sent.</returns>
    /// <exception cref="LeaseLostException">It was lost.</exception>
    /// <exception cref="LockProviderException">The store could not be used.</exception>
    internal async Task<long> OnceAsync()
    {
        var sent = _time.GetTimestamp();
        await guard.RenewAsync(timeToLive).ConfigureAwait(false);
        return _until = sent + (long)(_reliable.TotalSeconds * _time.TimestampFrequency);
    }

    /// <summary>Renews it again and again, until <paramref name="over"/> is cancelled or it is lost; then the program ends.</summary>
    internal async Task KeepAsync(SupervisedProgram program, CancellationToken over)
    {
        using var overOrLost = CancellationTokenSource.CreateLinkedTokenSource(over, guard.LostToken);
        var pause = timeToLive / RenewalsPerLease;
        var isFailing = false;
        while (true)
        {
            await WakefulPause.WaitAsync(_time, pause, overOrLost.Token).ConfigureAwait(false);
            if (over.IsCancellationRequested) return;
            try
            {
                program.LeaseLastsUntil(await OnceAsync().WaitAsync(over).ConfigureAwait(false));
                if (isFailing) Said.Line($"the store can be used again: the lease on {Said.Quoted(guard.Key!)} is renewed.");
                (pause, isFailing) = (timeToLive / RenewalsPerLease, false);
            }
            catch (LockProviderException e)
            {
                if (!isFailing) Said.Line($"{e.Message} Trying again as long as the lease lasts.");
                (pause, isFailing) = (AfterFailure, true);
            }
            catch (LeaseLostException e)
            {
                // First: whoever should read what is said may not.
                program.End();
                Said.Line(e.Message);
                await KillIfNobodyDoesAsync(program, over).ConfigureAwait(false);
                return;
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>A supervisor that stands still ends nothing; once it was killed, gogoscope itself kills what it had.</summary>
    private async Task KillIfNobodyDoesAsync(SupervisedProgram program, CancellationToken over)
    {
        var left = _time.GetElapsedTime(_time.GetTimestamp(), _until);
        left = left < TimeSpan.Zero ? TimeSpan.Zero : left < grace ? left : grace;
        await Task.Delay(left + LatestKill, _time, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!over.IsCancellationRequested) program.KillSupervisor();
    }
}
