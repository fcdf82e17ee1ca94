using System.Globalization;
using System.Runtime.Versioning;

namespace GoGoScope.Tool;

/// <summary>One program under one lock, from the wait to the release.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LockedRun(RunSettings settings)
{
    private const string KeyVariable = "GOGOSCOPE_KEY";
    private const string TokenVariable = "GOGOSCOPE_FENCING_TOKEN";

    // Scripts wait for gogoscope's end, and a lease that can't be given back ends by itself.
    private static readonly TimeSpan LongestRelease = TimeSpan.FromSeconds(2);

    private string Name => Path.GetFileName(settings.Program[0]);

    /// <summary>Runs it; the result is what gogoscope ends with.</summary>
    /// <exception cref="ToolException">It was not run, or not to its end.</exception>
    /// <exception cref="InterruptedException">INT has ended it.</exception>
    internal async Task<int> RunAsync()
    {
        using var signals = new ForwardedSignals();
        try
        {
            var leases = new LeaseOptions { DefaultTimeToLive = settings.TimeToLive, ReleaseTimeout = LongestRelease };
            var provider = await OpenStore.AtAsync(settings.Store, leases, signals.Stop).WaitAsync(signals.Stop).ConfigureAwait(false);
            await using (provider.ConfigureAwait(false))
            {
                var guard = await AcquireAsync(provider, signals.Stop).ConfigureAwait(false);
                await using (guard.ConfigureAwait(false)) return await RunAsync(guard, signals).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (signals.Stopping is { } signal)
        {
            return CodeOf(signal);
        }
        catch (LockTimeoutException e)
        {
            throw new ToolException(settings.NotGrantedCode, e.Message, e);
        }
        catch (KeyInOtherUseException e)
        {
            throw new ToolException(ExitCode.BadInput, e.Message, e);
        }
        catch (LeaseLostException e)
        {
            throw new ToolException(ExitCode.LeaseLost, e.Message, e);
        }
        catch (LockProviderException e)
        {
            throw new ToolException(ExitCode.NoStore, e.Message, e);
        }
        catch (NotStartedException e)
        {
            throw new ToolException(ExitCode.NotSupervised, $"gogoscope can't start its supervisor, {Environment.ProcessPath}: {e.Message}.", e);
        }
    }

    private async Task<LockGuard> AcquireAsync(ILockProvider provider, CancellationToken cancellationToken)
    {
        // It is not renewed by itself but here: the supervisor has to know until when it lasts.
        var @lock = new Lock(CancellationToken.None, new LockOptions
        {
            Provider = provider,
            Key = settings.Key,
            TimeToLive = settings.TimeToLive,
            AutoRenew = false,
            Owner = settings.Owner,
        });
        var how = new AcquireOptions { Timeout = settings.Wait, Priority = settings.Priority };
        return settings.Mode == LockMode.Read
            ? await @lock.AcquireReadAsync(how, cancellationToken).ConfigureAwait(false)
            : await @lock.AcquireAsync(how, cancellationToken).ConfigureAwait(false);
    }

    private async Task<int> RunAsync(LockGuard guard, ForwardedSignals signals)
    {
        var renewal = new Renewal(guard, settings.TimeToLive, settings.Grace);
        // Granted by somebody's release, it may have been on its way here for a while.
        var until = await renewal.OnceAsync().ConfigureAwait(false);
        signals.Stop.ThrowIfCancellationRequested();
        (string, string)[] variables = [(KeyVariable, settings.Key), (TokenVariable, guard.FencingToken.ToString(CultureInfo.InvariantCulture))];
        var program = SupervisedProgram.Start(settings.Program, until, settings.Grace, variables, SayThatItEnds);
        try
        {
            return await FollowAsync(program, guard, renewal, signals).ConfigureAwait(false);
        }
        catch (Exception e) when (program.Ended.IsFaulted)
        {
            // It may still run, so the lock is not given back: it is free when the lease ends, and before that the supervisor, which is left alone, ends the program.
            Said.Line($"{Name} can't be supervised any more: {e.Message}");
            Said.Finish();
            Environment.Exit(ExitCode.NotSupervised);
            throw;
        }
    }

    private async Task<int> FollowAsync(SupervisedProgram program, LockGuard guard, Renewal renewal, ForwardedSignals signals)
    {
        await using (program.ConfigureAwait(false))
        {
            using var over = new CancellationTokenSource();
            signals.ForwardTo(program.Send);
            var renewing = renewal.KeepAsync(program, over.Token);

            var end = await program.Ended.ConfigureAwait(false);
            var wasHeld = guard.IsHeld;
            await over.CancelAsync().ConfigureAwait(false);
            await renewing.ConfigureAwait(false);
            return CodeOf(end, wasHeld);
        }
    }

    private void SayThatItEnds() =>
        Said.Line($"the lease on {Said.Quoted(settings.Key)} is about to end, or has: ending {Name} (TERM, then KILL within {Duration.Format(settings.Grace)}).");

    private int CodeOf(ProgramEnd end, bool wasHeld) => end.Kind switch
    {
        ProgramEndKind.NotStarted when end.Number == Libc.NotFound => throw new ToolException(ExitCode.NotFound, $"{Said.Quoted(settings.Program[0])} was not found."),
        ProgramEndKind.NotStarted => throw new ToolException(
            ExitCode.NotExecutable, $"{Said.Quoted(settings.Program[0])} can't be run: {new NotStartedException(end.Number).Message}{(end.Number == Libc.NotExecutable ? ". A script begins with #! and its interpreter" : "")}."),
        ProgramEndKind.TooLate => throw new ToolException(ExitCode.LeaseLost, $"{Name} was not run: when it could have been started, the lease on {Said.Quoted(settings.Key)} was about to end."),
        ProgramEndKind.Unknown when wasHeld => throw new ToolException(ExitCode.NotSupervised, $"the supervisor of {Name} was killed, and so {Name} was."),
        _ when end.WasMade || !wasHeld => throw new ToolException(ExitCode.LeaseLost, $"{Name} has not run under {Said.Quoted(settings.Key)} to its end: the lease was lost."),
        ProgramEndKind.Killed => CodeOf(end.Number),
        _ => end.Number,
    };

    private static int CodeOf(int signal) => signal == Signal.Interrupt ? throw new InterruptedException() : ExitCode.OfSignal(signal);
}
