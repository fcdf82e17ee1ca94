namespace GoGoScope.Testing;

/// <summary>
/// How the contract of processes gets at a store. The tests of a store are complete when every abstract suite of
/// this folder has a class for its harness, which <see cref="ProcessCompleteness"/> checks; those that stop and cut off a server
/// are for a <see cref="ServerProcessHarness"/>.
/// </summary>
public abstract class ProcessHarness
{
    /// <summary>The store, as a <see cref="WorkerProcess"/> calls it.</summary>
    public abstract string Store { get; }

    /// <summary>How clients reach the store that all tests of this run share. Skips the test if it can't be had.</summary>
    public abstract Task<string> ConnectionAsync();

    /// <summary>Makes a store ready, once: tables and the like.</summary>
    public virtual Task PrepareAsync(string connection) => Task.CompletedTask;

    /// <summary>A store with connections of its own, disposed at the end if it can be.</summary>
    public abstract Task<ILockStore> OpenStoreAsync(string connection);

    /// <summary>The provider as applications make it, with connections of its own.</summary>
    public abstract Task<LeasedLockProvider> OpenAsync(string connection, LeaseOptions? options = null);
}
