namespace GoGoScope.Tests.Leases.Histories;

/// <summary>
/// What those who hold and wait see, judged at every quiet point: exclusion, tokens, the news that a lease is lost, waits that
/// end in time.
/// </summary>
internal sealed class HoldAudit(World world)
{
    // Timers count whole milliseconds.
    private const long Slack = 2 * TimeSpan.TicksPerMillisecond;

    private readonly List<Holding> _live = [];
    private readonly List<Holding> _released = [];
    private readonly Dictionary<string, Tokens> _tokens = [];
    private readonly Dictionary<string, Holding> _lastWriter = [];
    private DateTimeOffset _exemptUntil;

    internal int Granted { get; private set; }

    internal int Lost { get; private set; }

    internal int Failed { get; private set; }

    internal int WithoutLock { get; private set; }

    internal int StaleWritesRefused { get; private set; }

    /// <summary>Those who wait or hold, of processes that are not dead.</summary>
    internal IReadOnlyList<Holding> Live => _live;

    internal void Add(Holding holding) => _live.Add(holding);

    /// <summary>The highest token that a guard has had; zero if there was none.</summary>
    internal long HighestToken(string key) => _tokens.TryGetValue(key, out var tokens) ? tokens.Highest : 0;

    internal void ForgetTokens(string key) => _tokens.Remove(key);

    /// <summary>The store's clock is set forward: whoever has a lease now can't know that it may have ended.</summary>
    internal void ClockIsSetForward()
    {
        foreach (var holding in _live) holding.IsExempt = true;
        _exemptUntil = world.Time.GetUtcNow() + world.Setup.Progress;
    }

    internal void Look()
    {
        for (var i = 0; i < _live.Count; i++) See(_live[i]);
        CheckExclusion();
        _live.RemoveAll(static holding => holding.State == HoldingState.Over || holding.Process.State == ProcessState.Dead);
    }

    /// <summary>Never told of a loss: those who have released what they held.</summary>
    internal void CheckReleased()
    {
        foreach (var holding in _released)
        {
            if (holding.WasHeldAtRelease && holding.Lost.IsCancellationRequested) world.Break($"{holding} was told of a loss although it was released");
        }
    }

    /// <summary>A resource that refuses tokens lower than it has seen.</summary>
    internal void Write(Holding holding)
    {
        if (_lastWriter.TryGetValue(holding.Key, out var last) && holding.Guard.FencingToken < last.Guard.FencingToken)
        {
            StaleWritesRefused++;
            if (holding.IsBelieved && !holding.IsExempt && !last.IsExempt && holding.ConflictsWith(last) && !world.HasSetBack) world.Break($"{holding} holds the lock, and the resource refuses its token after that of {last}");
            return;
        }
        _lastWriter[holding.Key] = holding;
    }

    private void See(Holding holding)
    {
        if (!holding.Process.IsRunning) return;
        switch (holding.State)
        {
            case HoldingState.Waiting when holding.Acquiring.IsCompleted:
                SeeOutcome(holding);
                break;
            case HoldingState.Waiting:
                CheckOverdue(holding);
                break;
            case HoldingState.Holding:
                CheckLoss(holding);
                break;
            case HoldingState.Releasing:
                CheckRelease(holding);
                break;
        }
    }

    // ---- outcomes ----

    private void SeeOutcome(Holding holding)
    {
        holding.State = HoldingState.Over;
        if (holding.Acquiring.IsFaulted || holding.Acquiring.IsCanceled)
        {
            SeeError(holding, holding.Acquiring.IsCanceled ? new OperationCanceledException() : holding.Acquiring.Exception!.InnerException!);
            return;
        }
        if (holding.Acquiring.Result is { } guard)
        {
            SeeGrant(holding, guard);
            return;
        }
        world.Log?.Say($"{holding} gets nothing");
        WithoutLock++;
        if (!holding.AnswersNull) world.Break($"{holding} got null");
        CheckNotEarly(holding);
    }

    private void SeeError(Holding holding, Exception error)
    {
        world.Log?.Say($"{holding} ends with {error.GetType().Name}: {error.Message}");
        WithoutLock++;
        switch (error)
        {
            case LockTimeoutException or SemaphoreTimeoutException when !holding.AnswersNull:
                CheckNotEarly(holding);
                break;
            case OperationCanceledException when holding.Canceller.IsCancellationRequested:
                break;
            case LockProviderException when world.Setup.HasAccidents || world.Setup.MaxWaiters < 100 || world.Setup.LongestDelay * 2 >= world.Setup.StoreTimeout || holding.Process.State == ProcessState.Disposed:
                Failed++;
                break;
            // A lease that is shorter than two round trips, as far as its holder can know.
            case LockProviderException late when late.Message.Contains("was over before the news", StringComparison.Ordinal) && world.Setup.LongestDelay * 3 >= world.Setup.TimesToLive.Min():
                Failed++;
                break;
            // Two round trips: an answer to what was asked before may be under way when it comes.
            case LockProviderException late when late.Message.Contains("has not answered within", StringComparison.Ordinal) && holding.Timeout <= world.Setup.LongestDelay * 4:
                CheckNotEarly(holding);
                break;
            case KeyInOtherUseException when world.Setup.MixesUses && !holding.IsFree:
                break;
            case ObjectDisposedException when holding.Process.State == ProcessState.Disposed:
                break;
            default:
                world.Break($"{holding} ended with what nobody expects: {error}");
                break;
        }
    }

    private void SeeGrant(Holding holding, LockGuard guard)
    {
        Granted++;
        (holding.State, holding.Guard, holding.Lost) = (HoldingState.Holding, guard, guard.LostToken);
        holding.GrantedAt = holding.Process.Clock.GetTimestamp();
        if (world.Time.GetUtcNow() < _exemptUntil) holding.IsExempt = true;
        world.Log?.Say($"{holding} is granted");
        if (!_tokens.TryGetValue(holding.Key, out var tokens)) _tokens[holding.Key] = tokens = new Tokens();
        var bound = holding.Mode == LockMode.Exclusive ? tokens.Highest : tokens.HighestExclusive;
        if (!holding.IsExempt && guard.FencingToken <= bound) world.Break($"{holding} got a token that is not higher than {bound}, that of an earlier holder");
        if (!tokens.TryTake(holding) && !world.HasSetBack) world.Break($"{holding} got a token that somebody else has had");
        CheckLoss(holding);
        if (holding.State == HoldingState.Holding) Write(holding);
    }

    private void CheckNotEarly(Holding holding)
    {
        var waited = holding.Process.Clock.GetTimestamp() - holding.Begun;
        if (holding.IsFree) world.Break($"{holding} was refused what nobody has");
        if (holding.Timeout > TimeSpan.Zero && waited < holding.Timeout.Ticks) world.Break($"{holding} was given {holding.Timeout} and waited {TimeSpan.FromTicks(waited)} only");
    }

    private void CheckOverdue(Holding holding)
    {
        if (holding.Canceller.IsCancellationRequested) world.Break($"{holding} was cancelled and still waits");
        if (holding.Timeout <= TimeSpan.Zero) return;
        var waited = holding.Process.Clock.GetTimestamp() - holding.Begun;
        if (waited > holding.Timeout.Ticks + Slack) world.Break($"{holding} was given {holding.Timeout} and has waited {TimeSpan.FromTicks(waited)}");
    }

    // ---- the end of a hold ----

    private void CheckLoss(Holding holding)
    {
        if (holding.Guard.IsHeld)
        {
            if (holding.Lost.IsCancellationRequested) world.Break($"{holding} was told of a loss and still holds");
            if (holding.MaxHold is { } longest && holding.Process.Clock.GetTimestamp() - holding.GrantedAt > longest.Ticks) world.Break($"{holding} is held for more than {longest}");
            if (holding.NotHeldSince != 0) world.Break($"{holding} was over and holds again");
            return;
        }
        var now = holding.Process.Clock.GetTimestamp();
        if (holding.NotHeldSince == 0)
        {
            Lost++;
            world.Log?.Say($"{holding} holds no longer");
            CheckNotShort(holding, now);
            holding.NotHeldSince = now;
        }
        if (!holding.Lost.IsCancellationRequested && now - holding.NotHeldSince > Slack) world.Break($"{holding} is over for {TimeSpan.FromTicks(now - holding.NotHeldSince)} and was not told");
    }

    /// <summary>Where nothing goes wrong, a lease that is renewed is never lost, and one that ends does so no earlier than was asked for.</summary>
    private void CheckNotShort(Holding holding, long now)
    {
        // Who hears of its grant late, or takes the store's clock for slower than it is, has less.
        if (world.Setup is not { Trouble: Trouble.None, Drift: 0, TellsNews: true } || world.HasLostNews || holding.Renewing.Count > 0) return;
        if (holding.Longest is not { } longest) world.Break($"{holding} was lost although it is renewed");
        else if (now - holding.GrantedAt < longest.Ticks - Slack) world.Break($"{holding} was to be held for {longest}, and was lost after {TimeSpan.FromTicks(now - holding.GrantedAt)}");
    }

    private void CheckRelease(Holding holding)
    {
        if (!holding.Releasing!.IsCompleted)
        {
            var since = holding.Process.Clock.GetTimestamp() - holding.ReleasedAt;
            if (since > world.Setup.ReleaseTimeout.Ticks + Slack) world.Break($"disposing {holding} has taken {TimeSpan.FromTicks(since)}");
            return;
        }
        if (!holding.Releasing.IsCompletedSuccessfully) world.Break($"disposing {holding} threw {holding.Releasing.Exception?.InnerException}");
        holding.State = HoldingState.Over;
        _released.Add(holding);
    }

    private void CheckExclusion()
    {
        for (var i = 0; i < _live.Count; i++)
        {
            if (_live[i].IsExempt || !_live[i].IsBelieved) continue;
            CheckWeights(_live[i]);
            for (var j = 0; j < i; j++)
            {
                if (!_live[j].IsExempt && _live[i].ConflictsWith(_live[j]) && _live[j].IsBelieved) world.Break($"{_live[j]} and {_live[i]} are both held");
            }
        }
    }

    /// <summary>The permits that are held of one semaphore are no more than there are.</summary>
    private void CheckWeights(Holding one)
    {
        if (one.Permits == 0) return;
        var held = 0;
        foreach (var other in _live)
        {
            if (other.Key == one.Key && !other.IsExempt && other.IsBelieved) held += other.Weight;
        }
        if (held > one.Permits) world.Break($"{held} permits are held when {one} is one of those who hold some");
    }

    // Nobody is granted the lock beside one who holds it alone, so those who come have higher tokens.
    private sealed class Tokens
    {
        internal long Highest { get; private set; }

        internal long HighestExclusive { get; private set; }

        private readonly HashSet<long> _all = [];

        /// <summary>Whether nobody has had it before.</summary>
        internal bool TryTake(Holding holding)
        {
            Highest = Math.Max(Highest, holding.Guard.FencingToken);
            if (holding.Mode == LockMode.Exclusive) HighestExclusive = Math.Max(HighestExclusive, holding.Guard.FencingToken);
            return _all.Add(holding.Guard.FencingToken);
        }
    }
}
