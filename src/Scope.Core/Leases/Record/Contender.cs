namespace GoGoScope;

/// <summary>
/// One acquisition: who asks for a key, how, and for how long. Refuses what could not be read again: one such waiter would spoil
/// the record for everybody.
/// </summary>
internal sealed record Contender
{
    /// <exception cref="ArgumentException">Its process has other characters than it may, or too many, or its number is negative.</exception>
    internal required ContenderId Id
    {
        get;
        init
        {
            if (!ContenderId.IsProcess(value.Process) || value.Number < 0)
                throw new ArgumentException($"An id is 1 to {ContenderId.LongestProcess} characters of A-Z, a-z, 0-9, _ and -, and a number, not \"{value}\".", nameof(value));
            field = value;
        }
    }

    /// <summary>Who it is, for people.</summary>
    internal required string Owner { get; init; }

    internal LockMode Mode { get; init; }

    /// <summary>How many permits of a semaphore it wants, from 1 to <see cref="Permits"/>; zero for a lock.</summary>
    internal int Weight { get; init; }

    /// <summary>How many permits the semaphore has, as whoever asks sees it; zero for a lock.</summary>
    internal int Permits { get; init; }

    /// <summary>Rank among those who wait; higher goes first.</summary>
    internal int Priority { get; init; }

    /// <summary>The length of the lease, in microseconds: more than zero, and at most <see cref="StoreTime.Latest"/>, which is as good as no end.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is zero or less.</exception>
    internal required long TimeToLive
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = Math.Min(value, StoreTime.Latest);
        }
    }

    /// <summary>
    /// How many tokens to draw at the grant, from 1 to <see cref="RecordLimits.MaxDraw"/>: one for each guard that the process
    /// hands the hold to. There may be fewer, but always one.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is out of range.</exception>
    internal int Tokens
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, RecordLimits.MaxDraw);
            field = value;
        }
    } = 1;
}
