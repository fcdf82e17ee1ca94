namespace GoGoScope.Benchmarks.Stores.Peers;

/// <summary>Another library's locks on the same server, to compare with.</summary>
internal interface IPeer : IAsyncDisposable
{
    /// <summary>Takes and releases a lock that nobody else wants.</summary>
    Task PairAsync();

    /// <summary>Does something as a reader.</summary>
    Task ReadAsync(Func<Task> inside);

    /// <summary>Does something as a writer.</summary>
    Task WriteAsync(Func<Task> inside);
}
