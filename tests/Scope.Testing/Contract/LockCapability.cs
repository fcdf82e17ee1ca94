namespace GoGoScope.Testing;

/// <summary>What not every provider can do. A harness that lacks one says why, and its tests are skipped with that reason.</summary>
public enum LockCapability
{
    /// <summary>Another instance on the same store sees the same keys, as another process would.</summary>
    SeveralProcesses,

    /// <summary>The test moves the clock of waits and leases, so that "not a moment earlier" can be tested.</summary>
    ControlledClock,

    /// <summary>Who waits is ordered exactly, whatever the mode: first in, first out among equals, to the last place.</summary>
    ExactOrder,

    /// <summary>Keys may hold half of a surrogate pair, which has no UTF-8 form.</summary>
    UnpairedSurrogates,

    /// <summary>What a key has left behind in the table or store can be counted.</summary>
    CountsWhatIsKept,

    /// <summary>Acquiring and releasing a free lock completes before the call returns.</summary>
    Synchronous,

    /// <summary>It can list all keys that are in use: <see cref="ILockProvider.InspectAllAsync"/>.</summary>
    Listing,
}
