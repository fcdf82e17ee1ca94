using System.Runtime.CompilerServices;

namespace GoGoScope.Hosting;

/// <summary>How an <see cref="IExclusiveWorker"/> is run. Everything has a default.</summary>
/// <example>
/// <code>
/// services.AddExclusiveWorker&lt;Dispatcher&gt;("dispatcher", new ExclusiveWorkerOptions { TimeToLive = TimeSpan.FromSeconds(10) });
/// </code>
/// </example>
public sealed record ExclusiveWorkerOptions
{
    // Timers take at most some 49 days.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary>How long the others wait after the instance that runs it has crashed. More than zero; null, the default, leaves it to the provider.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is zero or negative.</exception>
    public TimeSpan? TimeToLive { get; init => field = value is { } time ? Positive(time) : null; }

    /// <summary>The pause after it has thrown, on this instance; doubled each time it throws again. More than zero, at most 30 days; 1 second by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is zero, negative or longer.</exception>
    public TimeSpan FirstPause { get; init => field = Pause(value); } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The longest pause. Having run for that long, it begins with <see cref="FirstPause"/> again. At least <see cref="FirstPause"/>, at most 30 days; a minute by default.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is zero, negative or longer.</exception>
    public TimeSpan LongestPause { get; init => field = Pause(value); } = TimeSpan.FromMinutes(1);

    /// <summary>The name of the store, as <c>AddGoGoScope("…")</c> has it; null, the default, for the one without.</summary>
    public string? Store { get; init; }

    internal ExclusiveWorkerOptions Validate() => LongestPause >= FirstPause
        ? this
        : throw new ArgumentException($"{nameof(LongestPause)} ({LongestPause}) must be at least {nameof(FirstPause)} ({FirstPause}).");

    private static TimeSpan Pause(TimeSpan value, [CallerMemberName] string name = "") =>
        Positive(value, name) <= Longest ? value : throw new ArgumentOutOfRangeException(name, value, "Must be at most 30 days.");

    private static TimeSpan Positive(TimeSpan value, [CallerMemberName] string name = "") =>
        value > TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(name, value, "Must be more than zero.");
}
