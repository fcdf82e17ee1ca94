namespace GoGoScope.Testing;

/// <summary>How the contract suite gets at a provider. One is made for each test and disposed after it.</summary>
/// <remarks>
/// A provider's tests are complete when every abstract suite of this folder has a class for its harness, which
/// <see cref="ContractCompleteness"/> checks:
/// <code>
/// public sealed class RedisHarness : LockProviderHarness { … }
/// public sealed class RedisExclusion : ExclusionContract&lt;RedisHarness&gt;;
/// public sealed class RedisOrdering : OrderingContract&lt;RedisHarness&gt;;
/// …
/// </code>
/// </remarks>
public abstract class LockProviderHarness : IAsyncDisposable
{
    private static int _keys;

    /// <summary>What all keys of the test begin with, and those of no other test.</summary>
    protected string KeyPrefix { get; } = $"contract:{Environment.ProcessId}:{Guid.NewGuid():N}";

    /// <summary>The provider, as this process sees it.</summary>
    public abstract ILockProvider Provider { get; }

    /// <summary>The clock that the contract's locks get.</summary>
    public abstract TimeProvider Time { get; }

    /// <summary>Another instance on the same store: what another process would use.</summary>
    public virtual ILockProvider AnotherProcess => throw new NotSupportedException(WhyNot(LockCapability.SeveralProcesses));

    /// <summary>Why the provider lacks <paramref name="capability"/>; null if it has it.</summary>
    public abstract string? WhyNot(LockCapability capability);

    /// <summary>Lets <paramref name="time"/> pass on <see cref="Time"/>: moves the clock, or waits if it is a real one.</summary>
    public abstract ValueTask PassAsync(TimeSpan time);

    /// <summary>
    /// How many of the test's keys the provider and its store still know, with <see cref="LockCapability.CountsWhatIsKept"/>: without what
    /// a store keeps for a while by its own rules, and ends by itself or when it is told to.
    /// </summary>
    public virtual ValueTask<int> CountKeptAsync() => throw new NotSupportedException(WhyNot(LockCapability.CountsWhatIsKept));

    /// <summary>A time that tests wait out: long by a clock that is moved, short by a real one.</summary>
    public virtual TimeSpan Moment => TimeSpan.FromSeconds(10);

    /// <summary>A lease or a wait that does not end while a test runs, even where that takes long.</summary>
    public virtual TimeSpan LongTime => TimeSpan.FromMinutes(5);

    /// <summary>How often a race is run.</summary>
    public virtual int RaceRounds => 100_000;

    /// <summary>How many keys are used once to see what they leave behind.</summary>
    public virtual int KeysUsedOnce => 100_000;

    /// <summary>How often each of the contenders for one key goes in.</summary>
    public virtual int RoundsPerContender => 50;

    /// <summary>A key that no other test uses.</summary>
    public string NewKey() => $"{KeyPrefix}:{Interlocked.Increment(ref _keys)}";

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
