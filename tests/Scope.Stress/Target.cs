namespace GoGoScope.Stress;

/// <summary>One lock of the run, with or without a key, and what it protects.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "A lock without a scope and a lifetime leaves nothing behind.")]
internal sealed class Target
{
    private readonly Lock? _shared;
    private readonly LockOptions? _options;

    /// <param name="number">Its number.</param>
    /// <param name="provider">Where its key lives; null for a lock without one.</param>
    /// <param name="overtaking">Whether running callers may overtake.</param>
    /// <param name="violations">Where to report.</param>
    internal Target(int number, InMemoryLockProvider? provider, bool overtaking, ViolationList violations)
    {
        Name = $"{(provider is null ? "lock" : "key")}-{number}{(overtaking ? "-overtaking" : "")}";
        Resource = new Resource(Name, violations);
        var options = new LockOptions { AllowOvertaking = overtaking };
        if (provider is null) _shared = new Lock(CancellationToken.None, options);
        else _options = options with { Key = Name, Provider = provider };
    }

    internal string Name { get; }

    internal Resource Resource { get; }

    internal bool IsKeyed => _options is not null;

    /// <summary>Who holds and who waits, of a lock without a key.</summary>
    internal LockSnapshot? Own => _shared?.OwnSnapshot();

    /// <summary>The one lock without a key, or one of the many of a key.</summary>
    internal Lock NewLock() => _shared ?? new Lock(CancellationToken.None, _options!);
}
