namespace GoGoScope;

/// <summary>The result of <see cref="LeasedLockProvider.CheckStoreAsync"/>.</summary>
/// <param name="RoundTrip">From the question to the answer.</param>
/// <param name="ClockOffset">
/// By how much the store's clock is ahead of this machine's, give or take half of <paramref name="RoundTrip"/>; negative if it is behind.
/// No lock depends on it.
/// </param>
public readonly record struct StoreCheck(TimeSpan RoundTrip, TimeSpan ClockOffset);
