namespace GoGoScope;

/// <summary>What a semaphore is called, and by which clock it waits. Everything has a default.</summary>
/// <example>
/// <code>
/// var uploads = scope.CreateSemaphore(4, new SemaphoreOptions { Name = "uploads" });
/// </code>
/// </example>
public sealed record SemaphoreOptions
{
    internal static readonly SemaphoreOptions Default = new();

    /// <summary>Its name in errors, reports and dumps; it stands for nothing else. By default it has none.</summary>
    /// <exception cref="ArgumentException">It is empty or white space.</exception>
    public string? Name { get; init => field = Ensure.NameOrNull(value); }

    /// <summary>
    /// Who holds its permits, as others see it in errors and dumps. By default the scope's name, or machine and process.
    /// </summary>
    /// <exception cref="ArgumentException">It is empty or white space.</exception>
    public string? Owner { get; init => field = Ensure.NameOrNull(value); }

    /// <summary>The clock of its waits. By default the scope's, or the system's.</summary>
    public TimeProvider? TimeProvider { get; init; }

    internal LockOptions ToLockOptions() =>
        Owner is null && TimeProvider is null ? LockOptions.Default : new LockOptions { Owner = Owner, TimeProvider = TimeProvider };
}
