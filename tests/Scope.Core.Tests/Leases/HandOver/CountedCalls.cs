using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>Nothing goes wrong by itself; what a process asks is counted.</summary>
internal sealed class CountedCalls : IStoreFaults
{
    private int _count;

    internal int Count => Volatile.Read(ref _count);

    public CallFault OnCall(in StoreCall request)
    {
        Interlocked.Increment(ref _count);
        return default;
    }

    public NewsFault OnNews(string key) => default;
}
