using System.Collections;
using System.Diagnostics;

namespace GoGoScope;

/// <summary>
/// The exceptions that came after the one that is thrown. Kept in its <see cref="Exception.Data"/>, under "GoGoScope.Suppressed",
/// where loggers see them.
/// </summary>
internal sealed class SuppressedExceptions : IReadOnlyList<Exception>
{
    internal const string Key = "GoGoScope.Suppressed";

    // Of what hung on it before: the exception of a nested scope keeps its own, but one that is cached and thrown by many
    // scopes does not collect what failed in all of them for ever.
    private const int MostKept = 256;

    // Two scopes may throw one exception at the same time, and Data is an ordinary dictionary.
    private static readonly object Sync = new();

    private readonly Exception[] _exceptions;

    private SuppressedExceptions(Exception[] exceptions) => _exceptions = exceptions;

    /// <inheritdoc/>
    public int Count => _exceptions.Length;

    /// <inheritdoc/>
    public Exception this[int index] => _exceptions[index];

    /// <summary>
    /// The first of <paramref name="errors"/> with the others attached, each once; if it can't carry them, an
    /// <see cref="AggregateException"/> of all.
    /// </summary>
    internal static Exception Attach(List<Exception> errors)
    {
        Debug.Assert(errors.Count > 0, "nothing to throw");
        var first = errors[0];
        if (errors.Count == 1) return first;
        try
        {
            lock (Sync)
            {
                var others = new List<Exception>(Of(first));
                if (others.Count > MostKept) others.RemoveRange(0, others.Count - MostKept);
                var known = new HashSet<Exception>(others, ReferenceEqualityComparer.Instance);
                foreach (var error in errors)
                    if (!Leads(error, first) && known.Add(error)) others.Add(error);
                if (others.Count > 0) first.Data[Key] = new SuppressedExceptions([.. others]);
            }
            return first;
        }
        catch (Exception)
        {
            // An exception type may override Data with null, with something read-only, or with a bug.
            return new AggregateException(errors.Distinct<Exception>(ReferenceEqualityComparer.Instance));
        }
    }

    internal static IReadOnlyList<Exception> Of(Exception exception) => exception.Data?[Key] as SuppressedExceptions ?? (IReadOnlyList<Exception>)[];

    public IEnumerator<Exception> GetEnumerator() => ((IEnumerable<Exception>)_exceptions).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _exceptions.GetEnumerator();

    /// <summary>What a logger prints.</summary>
    public override string ToString() => string.Join(Environment.NewLine, (object[])_exceptions);

    /// <summary>Whether <paramref name="target"/> is <paramref name="exception"/> or hangs on it: attaching would make a circle.</summary>
    private static bool Leads(Exception exception, Exception target)
    {
        if (ReferenceEquals(exception, target)) return true;
        foreach (var suppressed in Of(exception))
            if (Leads(suppressed, target)) return true;
        return false;
    }
}
