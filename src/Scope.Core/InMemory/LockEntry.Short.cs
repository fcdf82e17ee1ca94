using System.Runtime.CompilerServices;

namespace GoGoScope;

// How the gate and the short way of the resident hold (Hold.Short.cs) take turns. Whoever enters the gate to look at the holders, or to change them, closes the short way
// first: what it has granted is then held as if the gate had granted it. Whoever leaves the gate when nobody holds or waits opens it again.
internal sealed partial class LockEntry
{
    // An entry without a key whose leases don't end by themselves, until its lock is disposed.
    private bool _mayBeShort;

    private bool HasShortWay => _mayBeShort && _permits <= Hold.MostOnShortWay;

    private bool IsUnused => (IsSemaphore ? _freePermits == _permits : IsFree) && !HasWaiters;

    internal void EnterGate()
    {
        Stripe.Gate.Enter();
        CloseShortWayHoldingGate();
    }

    internal void ExitGate()
    {
        if (HasShortWay && IsUnused) _resident.OpenHoldingGate(Stripe.LastToken);
        Stripe.Gate.Exit();
    }

    /// <summary>
    /// Has everything go through the gate, for good, of a lock that was disposed: nobody is granted it any more, and it is told when its last
    /// guard is gone.
    /// </summary>
    internal void EndShortWay()
    {
        EnterGate();
        _mayBeShort = false;
        ExitGate();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void CloseShortWayHoldingGate()
    {
        if (_resident.Word != 0) CloseOpenWayHoldingGate();
    }

    private void CloseOpenWayHoldingGate()
    {
        var resident = _resident;
        long lastToken;
        long word;
        do
        {
            // What is read without the gate, after the word, is there before the word is gone.
            word = resident.Word;
            (var token, var what, lastToken) = Hold.Read(word);
            if (IsSemaphore) (resident.Mode, resident.Weight, _freePermits) = (LockMode.Permits, what, _permits - what);
            else resident.Mode = (LockMode)what;
            Volatile.Write(ref resident.Token, token);
        }
        while (!resident.TryCloseHoldingGate(word));
        Stripe.LastToken = lastToken;
    }
}
