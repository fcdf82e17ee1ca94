namespace GoGoScope.Quickstart;

/// <summary>Stands for everything a checkout waits for: a payment service, a database, another shop's server.</summary>
internal delegate Task Pause(CancellationToken cancellationToken);

internal static class Pauses
{
    /// <summary>A pause of <paramref name="time"/>; zero only gives way to others.</summary>
    public static Pause For(TimeSpan time) => async cancellationToken =>
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (time > TimeSpan.Zero) await Task.Delay(time, cancellationToken);
        else await Task.Yield();
    };
}
