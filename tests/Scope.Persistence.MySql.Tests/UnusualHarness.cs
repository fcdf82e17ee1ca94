namespace GoGoScope.Persistence.MySql.Tests;

/// <summary>
/// The same with all that applications and administrators set and a store must not depend on: two session time zones, strict isolation
/// and none at all, nothing that commits by itself, a clock that stands, other ways to read a statement, one connection in each pool, names that need
/// quotes. And on a data source that isn't the driver's.
/// </summary>
public class UnusualHarness : MySqlStoreHarness
{
    protected override MySqlStoreOptions Options => new() { Database = "another `database`", Table = "our locks" };

    protected virtual string Modes => "ANSI,NO_BACKSLASH_ESCAPES,ORACLE,PAD_CHAR_TO_FULL_LENGTH,SIMULTANEOUS_ASSIGNMENT,TRADITIONAL";

    protected override MySqlLockStore Open(string connection, bool isTheOther) => OpenWith(
        isTheOther ? Session("+09:00", "READ UNCOMMITTED") : Session("-05:30", "SERIALIZABLE"),
        Settings.With(connection, ("Maximum Pool Size", 1), ("Connection Timeout", 60)));

    private string Session(string zone, string isolation) =>
        $"ROLLBACK; SET SESSION time_zone = '{zone}', sql_mode = '{Modes}', autocommit = 0, timestamp = 1; SET SESSION TRANSACTION ISOLATION LEVEL {isolation}";
}

public sealed class UnusualSwaps : StoreSwapContract<UnusualHarness>;

public sealed class UnusualRaces : StoreRaceContract<UnusualHarness>;

public sealed class UnusualFences : StoreFenceContract<UnusualHarness>;

public sealed class UnusualClock : StoreClockContract<UnusualHarness>;

public sealed class UnusualMany : StoreManyContract<UnusualHarness>;

public sealed class UnusualNames : StoreNamesContract<UnusualHarness>;

public sealed class UnusualWatching : StoreWatchContract<UnusualHarness>;

public sealed class UnusualCancellation : StoreCancellationContract<UnusualHarness>;

public sealed class UnusualRestart : StoreRestartContract<UnusualHarness>;

public sealed class UnusualListing : StoreListingContract<UnusualHarness>;

/// <summary>As MySQL is spoken to, which has no RETURNING: on MariaDB, and it must do the same, in whatever time the session is.</summary>
public sealed class WithoutReturningHarness : MySqlStoreHarness
{
    protected override MySqlStoreOptions Options => new() { WithoutReturning = true };

    protected override MySqlLockStore Open(string connection, bool isTheOther) => OpenWith(
        isTheOther ? "SET SESSION time_zone = '+09:00', timestamp = 1" : $"SET SESSION time_zone = '-05:30', timestamp = {int.MaxValue}",
        Settings.With(connection, ("Maximum Pool Size", 20)));
}

public sealed class WithoutReturningSwaps : StoreSwapContract<WithoutReturningHarness>;

public sealed class WithoutReturningRaces : StoreRaceContract<WithoutReturningHarness>;

public sealed class WithoutReturningFences : StoreFenceContract<WithoutReturningHarness>;

public sealed class WithoutReturningClock : StoreClockContract<WithoutReturningHarness>;

public sealed class WithoutReturningMany : StoreManyContract<WithoutReturningHarness>;

public sealed class WithoutReturningNames : StoreNamesContract<WithoutReturningHarness>;

public sealed class WithoutReturningWatching : StoreWatchContract<WithoutReturningHarness>;

public sealed class WithoutReturningCancellation : StoreCancellationContract<WithoutReturningHarness>;

public sealed class WithoutReturningRestart : StoreRestartContract<WithoutReturningHarness>;

public sealed class WithoutReturningListing : StoreListingContract<WithoutReturningHarness>;

public sealed class ContractIsComplete
{
    [Test]
    public void Every_suite_is_run() => Assert.That(ContractCompleteness.MissingIn(typeof(MySqlStoreHarness).Assembly), Is.Empty);
}
