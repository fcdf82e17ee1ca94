namespace GoGoScope.Benchmarks.Stores.Servers;

/// <summary>The least that a lock in a store can come to: its statements through the same driver, and nothing around them.</summary>
internal interface IFloor : IAsyncDisposable
{
    /// <summary>What taking and releasing costs.</summary>
    Task PairAsync();

    /// <summary>What one change costs, or where nothing is made durable one question.</summary>
    Task OnceAsync();
}
