namespace GoGoScope.Testing;

/// <summary>Faults by chance: one seed, one sequence of them.</summary>
/// <remarks>Shares are from 0, never, to 1, always; all are 0 by default, and nothing goes wrong.</remarks>
/// <example>
/// <code>
/// var faults = new RandomStoreFaults(seed: 42) { LostReplies = 0.05, Delays = 0.3, LongestDelay = TimeSpan.FromSeconds(2) };
/// var store = new FaultyLockStore(new InMemoryLockStore(time), faults, time);
/// </code>
/// </example>
/// <param name="next">Gives numbers from 0 to less than 1.</param>
public sealed class RandomStoreFaults(Func<double> next) : IStoreFaults
{
    /// <summary>Faults that depend on <paramref name="seed"/> alone, and on the order of calls.</summary>
    public RandomStoreFaults(int seed) : this(new Random(seed).NextDouble)
    {
    }

    /// <summary>The share of requests that the store never gets.</summary>
    public double LostRequests { get; init; }

    /// <summary>The share of answers that get lost.</summary>
    public double LostReplies { get; init; }

    /// <summary>The share of calls that throw; half of them although the store does what it was asked, before that or still after it.</summary>
    public double Errors { get; init; }

    /// <summary>The share of requests, of answers and of news that are delayed.</summary>
    public double Delays { get; init; }

    /// <summary>How long the longest delay is; short ones are as likely as long ones.</summary>
    public TimeSpan LongestDelay { get; init; }

    /// <summary>The share of news that gets lost.</summary>
    public double LostNews { get; init; }

    /// <summary>The share of news that comes twice.</summary>
    public double DoubledNews { get; init; }

    /// <summary>The share of news that comes without the record.</summary>
    public double BareNews { get; init; }

    /// <inheritdoc/>
    public CallFault OnCall(in StoreCall request)
    {
        var (requestDelay, replyDelay) = (Delay(), Delay());
        var (losesRequest, losesReply) = (Happens(LostRequests), Happens(LostReplies));
        if (!Happens(Errors)) return new() { RequestDelay = requestDelay, ReplyDelay = replyDelay, LosesRequest = losesRequest, LosesReply = losesReply };
        return new()
        {
            RequestDelay = requestDelay,
            ReplyDelay = replyDelay,
            LosesRequest = Happens(0.5),
            ThrowsEarly = Happens(0.5),
            Error = new StoreFaultException($"The connection broke ({request.Kind} of {request.Key})."),
        };
    }

    /// <inheritdoc/>
    public NewsFault OnNews(string key) => new()
    {
        Delay = Delay(),
        IsLost = Happens(LostNews),
        ComesTwice = Happens(DoubledNews),
        LacksRecord = Happens(BareNews),
    };

    private bool Happens(double share) => share > 0 && next() < share;

    // A millisecond or a minute: what matters is which other times it comes before or after.
    private TimeSpan Delay()
    {
        if (!Happens(Delays) || LongestDelay <= TimeSpan.Zero) return TimeSpan.Zero;
        return TimeSpan.FromMilliseconds(Math.Ceiling(Math.Pow(LongestDelay.TotalMilliseconds, next())));
    }
}
