using System.Globalization;

namespace GoGoScope.Quickstart;

/// <summary>Both runs, and the verdict on them.</summary>
internal sealed record Comparison(RunResult WithoutLock, RunResult WithLock)
{
    /// <summary>The last line of the output, for people and for scripts: plain numbers, no separators.</summary>
    public string Verdict => string.Create(
        CultureInfo.InvariantCulture,
        $"without lock: {WithoutLock.Audit.LostUpdates} lost updates; with lock: {WithLock.Audit.LostUpdates} lost updates");

    public int ExitCode => WithLock.Audit.LostUpdates == 0 ? Quickstart.ExitCode.Ok : Quickstart.ExitCode.UpdatesLost;
}
