namespace GoGoScope.Hosting;

/// <summary>
/// What an application's configuration can say of GoGoScope, in the section "GoGoScope"; for a store with a name in "GoGoScope:Stores:" and
/// the name. Read once. What is wrong, or unknown, ends the start, with a message that says which setting it is.
/// </summary>
/// <example>
/// <code>
/// {
///   "GoGoScope": {
///     "ConnectionString": "localhost:6379",
///     "KeyPrefix": "shop:",
///     "Leases": { "DefaultTimeToLive": "00:00:10" },
///     "ShutdownTimeout": "00:00:15"
///   }
/// }
/// </code>
/// </example>
public sealed class GoGoScopeOptions
{
    internal const string Section = "GoGoScope";

    /// <summary>How the store is reached, as its driver reads it; for locks in files, their directory, which is not blank. Null by default; what a <c>Use…</c> says in code counts more.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>What all keys in the store begin with, where the store is Redis. By default the adapter's.</summary>
    public string? KeyPrefix { get; set; }

    /// <summary>The schema of the table in PostgreSQL, or its database in MySQL. By default the adapter's.</summary>
    public string? Schema { get; set; }

    /// <summary>The table of a SQL store, or MongoDB's collection. By default the adapter's.</summary>
    public string? Table { get; set; }

    /// <summary>Whether the start of the application makes what the store needs, tables, if they are not there. False by default.</summary>
    public bool EnsureSchema { get; set; }

    /// <summary>How long leases last, and how this process waits. Their clock is the <see cref="TimeProvider"/> among the services, if there is one.</summary>
    public LeaseOptions Leases { get; set; } = new();

    /// <summary>How the <see cref="Scope"/> of each scope of services behaves. Only without a name.</summary>
    public ScopeOptions Scope { get; set; } = new();

    /// <summary>
    /// How long the end of the application waits for what runs in the <see cref="ApplicationScope"/>, once it is cancelled; the host's own
    /// bound may be shorter. Zero or more; 10 seconds by default. Only without a name.
    /// </summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>What the configuration has that can't be used.</summary>
    internal List<string> Problems { get; } = [];

    /// <summary>What a provider is told.</summary>
    internal LockStoreSettings ToSettings(TimeProvider? time = null) => new()
    {
        ConnectionString = ConnectionString,
        KeyPrefix = KeyPrefix,
        Schema = Schema,
        Table = Table,
        Leases = time is null || Leases.TimeProvider != TimeProvider.System ? Leases : Leases with { TimeProvider = time },
    };
}
