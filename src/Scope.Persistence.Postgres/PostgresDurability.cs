namespace GoGoScope.Persistence.Postgres;

/// <summary>What becomes of locks when the server crashes.</summary>
public enum PostgresDurability
{
    /// <summary>Every change is on disk before it is answered, as everything else in the database: locks outlive a crash.</summary>
    Durable,

    /// <summary>
    /// Nothing is written ahead to disk (an unlogged table), which is several times as fast where disks are slow. When the server has
    /// crashed or failed over, all locks are gone, and nobody is granted any until the last lease that may have been granted
    /// before has ended: <see cref="PostgresStoreOptions.LongestTimeToLive"/> and a minute. A restart in order loses nothing.
    /// </summary>
    Fast,
}
