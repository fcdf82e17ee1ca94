using System.Runtime.CompilerServices;
using System.Text;

namespace GoGoScope;

// For people who want to know who has what, in all processes.
public partial class LeasedLockProvider
{
    /// <inheritdoc/>
    /// <exception cref="LockProviderException">The store could not be used.</exception>
    /// <exception cref="ObjectDisposedException">The provider was disposed.</exception>
    public async ValueTask<LockInspection> InspectAsync(string key, CancellationToken cancellationToken = default)
    {
        Ensure.Key(key, nameof(key));
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return Inspection(key, await AskedAsync(key, StoreCalls.Read, token => _store.ReadAsync(KeyPrefix + key, token), cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The store can't say which keys it has: it is no <see cref="IListableLockStore"/>.</exception>
    /// <exception cref="LockProviderException">The store could not be used.</exception>
    /// <exception cref="ObjectDisposedException">The provider was disposed.</exception>
    public IAsyncEnumerable<LockInspection> InspectAllAsync(string keyPrefix = "", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keyPrefix);
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return _store is IListableLockStore listable
            ? All(listable, keyPrefix, cancellationToken)
            : throw new NotSupportedException(
                $"The store \"{Name}\" can't say which keys it has, as it is no {nameof(IListableLockStore)}. It can be asked for one of them: {nameof(InspectAsync)}(key).");
    }

    private async IAsyncEnumerable<LockInspection> All(IListableLockStore store, string keyPrefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Counts while the store is asked, and not while the caller looks at what it has answered.
        using var time = new CancellationTokenSource(Timeout.InfiniteTimeSpan, Options.TimeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellationToken);
        var found = store.ListAsync(KeyPrefix + keyPrefix, both.Token).GetAsyncEnumerator(both.Token);
        await using (found.ConfigureAwait(false))
        {
            for (var isFirst = true; ; isFirst = false)
            {
                try
                {
                    if (!await CountedNextAsync(found, time, isFirst, cancellationToken).ConfigureAwait(false)) yield break;
                }
                catch (Exception error) when (IsOfStore(error, cancellationToken))
                {
                    throw Unusable(keyPrefix + "*", error);
                }
                var (storeKey, stored) = found.Current;
                yield return Inspection(storeKey[KeyPrefix.Length..], stored);
            }
        }
    }

    private ValueTask<bool> CountedNextAsync(
        IAsyncEnumerator<KeyValuePair<string, StoredRecord>> found, CancellationTokenSource time, bool isFirst, CancellationToken cancellationToken)
    {
        var sentAt = Clock.Timestamp;
        var next = NextAsync(found, time, cancellationToken);
        // What comes at once is of a page that is here already.
        return isFirst || !next.IsCompletedSuccessfully ? _calls.ObserveAsync(StoreCalls.List, sentAt, next) : next;
    }

    private async ValueTask<bool> NextAsync(IAsyncEnumerator<KeyValuePair<string, StoredRecord>> found, CancellationTokenSource time, CancellationToken cancellationToken)
    {
        time.CancelAfter(Options.StoreTimeout);
        try
        {
            return await found.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (time.IsCancellationRequested && IsOfStore(error, cancellationToken))
        {
            throw new TimeoutException(error.Message, error);
        }
        finally
        {
            time.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    private async ValueTask<StoredRecord> AskedAsync(string key, string operation, Func<CancellationToken, ValueTask<StoredRecord>> ask, CancellationToken cancellationToken)
    {
        var sentAt = Clock.Timestamp;
        return await AskedAsync(key, token => NoteAsync(operation, sentAt, ask(token)), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What the store answers; what it throws names the store and the key.</summary>
    private async ValueTask<T> AskedAsync<T>(string key, Func<CancellationToken, ValueTask<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (IsOfStore(error, cancellationToken))
        {
            throw Unusable(key, error);
        }
    }

    // A key that can't be stored is the caller's mistake, a cancellation its wish, and what the store can't do at all no failure; but what it has may be no text.
    private static bool IsOfStore(Exception error, CancellationToken cancellationToken) =>
        error is DecoderFallbackException or not (ArgumentException or NotSupportedException) && !(error is OperationCanceledException && cancellationToken.IsCancellationRequested);

    private LockProviderException Unusable(string key, Exception error) =>
        new(Name, key, error is TimeoutException ? $"no answer within {LockText.Duration(Options.StoreTimeout)}" : $"{error.GetType().Name}: {error.Message}", error);

    private static LockRecord? TryParse(in StoredRecord stored)
    {
        try
        {
            return LockRecord.Parse(in stored);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static LockInspection Inspection(string key, StoredRecord stored)
    {
        var now = StoreTime.ToDate(stored.Now);
        LockRecord record;
        try
        {
            record = LockRecord.Parse(in stored);
        }
        catch (FormatException error)
        {
            return new LockInspection(key, now, [], []) { Problem = error.Message };
        }
        var holders = new List<InspectedHolder>(record.Holders.Length);
        foreach (ref readonly var holder in record.Holders) holders.Add(Inspected(in holder, stored.Now));
        var waiters = new List<InspectedWaiter>(record.Waiters.Length);
        foreach (ref readonly var waiter in record.Waiters) waiters.Add(Inspected(in waiter));
        return new LockInspection(key, now, holders, waiters) { Permits = record.Permits };
    }

    private static InspectedHolder Inspected(in RecordHolder holder, long now)
    {
        var ends = holder.ExpiresAt < StoreTime.Latest;
        return new InspectedHolder(holder.Owner, holder.Mode, holder.Token)
        {
            LastFencingToken = holder.LastToken,
            Weight = holder.Weight,
            Process = holder.Id.Process,
            Since = Time(holder.Since),
            ExpiresAt = ends ? StoreTime.ToDate(holder.ExpiresAt) : null,
            Remaining = ends ? TimeSpan.FromMicroseconds(Math.Max(0, holder.ExpiresAt - now)) : null,
        };
    }

    private static InspectedWaiter Inspected(in RecordWaiter waiter) => new(waiter.Contender.Owner, waiter.Mode, waiter.Priority, waiter.PassedOver)
    {
        Weight = waiter.Weight,
        Process = waiter.Id.Process,
        Since = Time(waiter.Since),
    };

    private static DateTimeOffset? Time(long time) => time > 0 ? StoreTime.ToDate(time) : null;
}
