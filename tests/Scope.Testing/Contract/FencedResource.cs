namespace GoGoScope.Testing;

/// <summary>What a lock protects, done as it should be: it remembers the highest fencing token that it has seen, and refuses lower ones.</summary>
internal sealed class FencedResource
{
    private long _highest;

    internal bool Write(long token)
    {
        if (token < _highest) return false;
        _highest = token;
        return true;
    }
}
