namespace GoGoScope.Stress;

/// <summary>What a lock protects: plain fields that come out wrong as soon as two are inside that must not be.</summary>
internal sealed class Resource(string name, ViolationList violations)
{
    private int _writer;
    private int _readers;
    private long _lastWriteToken;
    private long _lastReadToken;

    /// <summary>Incremented without an atomic operation by each exclusive holder.</summary>
    internal long Writes;

    internal void EnterExclusive(int who, long token)
    {
        if (_writer != 0 || Volatile.Read(ref _readers) != 0) violations.Add($"{name}: exclusive holder {who} met writer {_writer} and {_readers} readers");
        _writer = who;
        if (token <= _lastWriteToken || token <= Volatile.Read(ref _lastReadToken)) violations.Add($"{name}: token {token} after {Math.Max(_lastWriteToken, _lastReadToken)}");
        _lastWriteToken = token;
        Writes++;
    }

    internal void LeaveExclusive(int who)
    {
        if (_writer != who || Volatile.Read(ref _readers) != 0) violations.Add($"{name}: exclusive holder {who} leaves writer {_writer} and {_readers} readers");
        _writer = 0;
    }

    internal void EnterRead(int who, long token)
    {
        Interlocked.Increment(ref _readers);
        if (_writer != 0) violations.Add($"{name}: reader {who} met writer {_writer}");
        if (token <= _lastWriteToken) violations.Add($"{name}: read token {token} after {_lastWriteToken}");
        for (var seen = Volatile.Read(ref _lastReadToken); seen < token;)
        {
            var found = Interlocked.CompareExchange(ref _lastReadToken, token, seen);
            if (found == seen) break;
            seen = found;
        }
    }

    internal void LeaveRead(int who)
    {
        if (_writer != 0) violations.Add($"{name}: reader {who} leaves writer {_writer}");
        Interlocked.Decrement(ref _readers);
    }
}
