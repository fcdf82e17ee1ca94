using System.Diagnostics;

namespace GoGoScope;

/// <summary>
/// A spin gate for critical sections of a few dozen instructions: one interlocked operation to enter, one plain
/// store to leave. Nothing that can block, call out or throw may run inside.
/// </summary>
/// <remarks>
/// A mutable struct: keep it in a non-readonly field. It is not re-entrant. A thread that finds the gate closed
/// yields its processor after a short spin, so a holder that lost its time slice gets to run; it never sleeps.
/// </remarks>
internal struct Gate
{
    private int _closed;

    internal readonly bool IsClosed => Volatile.Read(in _closed) != 0;

    internal void Enter()
    {
        if (Interlocked.CompareExchange(ref _closed, 1, 0) != 0) EnterContended();
    }

    /// <summary>For the shortest paths, which have a longer one to take if the gate is closed: without a call.</summary>
    internal bool TryEnter() => Interlocked.CompareExchange(ref _closed, 1, 0) == 0;

    internal void Exit()
    {
        Debug.Assert(_closed == 1, "left a gate that nobody had entered");
        Volatile.Write(ref _closed, 0);
    }

    private void EnterContended()
    {
        var spin = new SpinWait();
        do
        {
            // Without Sleep(1): a critical section is nanoseconds long, a sleep would be a million times that.
            spin.SpinOnce(sleep1Threshold: -1);
        }
        while (Volatile.Read(ref _closed) != 0 || Interlocked.CompareExchange(ref _closed, 1, 0) != 0);
    }
}
