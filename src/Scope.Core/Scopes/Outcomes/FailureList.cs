using System.Diagnostics;

namespace GoGoScope;

/// <summary>
/// What went wrong in a scope, in the order in which it happened. Belongs to the scope's gate.
/// </summary>
/// <remarks>
/// A scope may live as long as the process, and something may fail in it every second, so there is an end to what is kept. Under
/// <see cref="FailurePolicy.Supervise"/> what somebody has observed is handled, and goes. Of the others the first and the last stay, and between them stands how
/// many there were; those in the middle are mostly the same again.
/// </remarks>
internal sealed class FailureList(bool forgetsObserved)
{
    internal const int MostFirst = 1024;
    internal const int MostLast = 1024;
    private const int Most = MostFirst + MostLast;
    private const int Many = Most - MostLast / 4;
    private const int Left = Most - MostLast / 2;
    private const int FirstLook = 16;

    private readonly List<Failure> _kept = [];
    private int _tidyAt = FirstLook;

    public List<Failure>.Enumerator GetEnumerator() => _kept.GetEnumerator();

    internal void Add(Failure failure)
    {
        if (_kept.Count >= _tidyAt) Tidy();
        _kept.Add(failure);
        Debug.Assert(_kept.Count <= Most, "a scope keeps more failures than it may");
    }

    /// <summary>Rare enough that all of it costs each failure no more than a moment.</summary>
    private void Tidy()
    {
        if (forgetsObserved) _kept.RemoveAll(static failure => failure.IsObserved);
        if (_kept.Count > Many) ForgetMiddle(_kept.Count - Left);
        _tidyAt = Math.Clamp(_kept.Count * 2, FirstLook, Most);
    }

    /// <summary>Puts their number in the place of those that follow the first; they may have such a number among them.</summary>
    private void ForgetMiddle(int many)
    {
        var count = 0L;
        foreach (var failure in _kept.GetRange(MostFirst, many)) count += (failure.Error as ForgottenFailuresException)?.Count ?? 1;
        _kept.RemoveRange(MostFirst, many);
        _kept.Insert(MostFirst, new Failure(new ForgottenFailuresException(count), child: null));
    }
}
