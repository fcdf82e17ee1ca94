namespace GoGoScope;

/// <summary>A value and when it expires: what the factory of an <see cref="ExpiringValue{T}"/> gives.</summary>
/// <param name="Value">The value.</param>
/// <param name="ExpiresAt">
/// From when on it is not used any more, by the clock of the <see cref="ExpiringValueOptions{T}.TimeProvider"/>;
/// <see cref="DateTimeOffset.MaxValue"/> if it does not expire.
/// </param>
/// <typeparam name="T">The type of the value.</typeparam>
public readonly record struct Expiring<T>(T Value, DateTimeOffset ExpiresAt);
