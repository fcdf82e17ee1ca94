namespace GoGoScope;

/// <summary>Options of an <see cref="ExpiringValue{T}"/>. Everything has a default.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
public sealed record ExpiringValueOptions<T>
{
    /// <summary>
    /// How long before it expires the value is refreshed, when somebody asks for it: whoever asks in that time gets the value that is there. Zero, the default, never;
    /// at most half of what the value had left when it came is used.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public TimeSpan RefreshAhead { get; init => field = Ensure.NotNegative(value, nameof(RefreshAhead)); }

    /// <summary>The clock that says what has expired. By default the system's.</summary>
    public TimeProvider TimeProvider { get; init => field = Ensure.NotNull(value, nameof(TimeProvider)); } = TimeProvider.System;

    /// <summary>How processes share the value; by default each has its own.</summary>
    public SharedExpiringValue<T>? Shared { get; init; }
}
