namespace GoGoScope.Persistence.Postgres.Tests;

/// <summary>
/// The same with all that applications and administrators set and a store must not depend on: two session time zones, strict
/// isolation, one connection in each pool, statements that are prepared, names that need quotes.
/// </summary>
public sealed class UnusualHarness : PostgresStoreHarness
{
    protected override PostgresStoreOptions Options => new() { Schema = "Another schema", Table = "our locks", PrepareStatements = true };

    protected override string FurtherSettings => Settings("America/New_York", "serializable");

    protected override string FurtherSettingsOfTheOther => Settings("Asia/Tokyo", @"repeatable\ read");

    private static string Settings(string zone, string isolation) => $"Maximum Pool Size=1;Timeout=60;Options=-c TimeZone={zone} -c default_transaction_isolation={isolation}";
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

public sealed class ContractIsComplete
{
    // The provider's contract is run as a whole on the table that is durable.
    [Test]
    public void Every_suite_is_run() =>
        Assert.That(ContractCompleteness.MissingIn(typeof(PostgresStoreHarness).Assembly).Where(missing => !missing.EndsWith($" of {nameof(FastLeasesHarness)}", StringComparison.Ordinal)), Is.Empty);
}
