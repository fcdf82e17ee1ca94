namespace GoGoScope;

/// <summary>
/// A value that expires, such as an access token, a price list, a page: fetched when somebody asks for it, once however many ask, and kept until it expires.
/// </summary>
/// <remarks>
/// <para>A fetch that fails throws what it threw to those who wait for it, and to nobody else: whoever asks next begins a new one. There are never two fetches at
/// once in a process, and with <see cref="ExpiringValueOptions{T}.Shared"/> never two in all processes, as long as the lease of its key is held.</para>
/// <para>Who gives up waiting leaves the others alone; when the last one has given up, the fetch is cancelled, unless the value before it still serves.</para>
/// <para>It outlives the scopes of those who ask, mostly as long as the process: dispose it yourself, or leave it to a scope by <see cref="Scope.Own{T}(T)"/>.</para>
/// </remarks>
/// <typeparam name="T">The type of the value.</typeparam>
/// <example>
/// <code>
/// await using var token = new ExpiringValue&lt;string&gt;(async ct =>
/// {
///     var answer = await LogInAsync(ct);
///     return new(answer.AccessToken, DateTimeOffset.UtcNow.AddSeconds(answer.ExpiresIn));
/// }, new() { RefreshAhead = TimeSpan.FromMinutes(1) });
///
/// request.Headers.Authorization = new("Bearer", await token.GetAsync(ct));
/// </code>
/// </example>
public sealed partial class ExpiringValue<T> : IAsyncDisposable
{
    private readonly Func<CancellationToken, Task<Expiring<T>>> _fetch;
    private readonly ExpiringValueOptions<T> _options;
    private readonly TimeProvider _time;

    // The fetches are its children. Their failures are told to those who wait.
    private readonly Scope _scope;

    private readonly System.Threading.Lock _gate = new();

    // Written under the gate.
    private Kept? _kept;
    private ValueFetch<T>? _running;
    private Task _lastFetch = Task.CompletedTask;
    private Kept? _refused;

    /// <summary>Creates a value that is fetched by <paramref name="fetch"/>. Nothing is fetched before somebody asks.</summary>
    /// <param name="fetch">
    /// Gives the value and when it expires. Its token is cancelled when nobody waits for it any more and no value serves meanwhile, when the value is disposed, and, if it is shared, when the lease of
    /// the key is lost. It runs in the context of nobody: async locals of those who ask don't flow into it.
    /// </param>
    /// <param name="options">Refresh ahead of time, clock, sharing between processes; null for the defaults.</param>
    public ExpiringValue(Func<CancellationToken, Task<Expiring<T>>> fetch, ExpiringValueOptions<T>? options = null)
    {
        _fetch = Ensure.NotNull(fetch);
        _options = options ?? new ExpiringValueOptions<T>();
        _time = _options.TimeProvider;
        _scope = Scope.Create(new ScopeOptions
        {
            Name = "expiring value",
            FailurePolicy = FailurePolicy.Supervise,
            TimeProvider = _time,
            LockProvider = _options.Shared?.Provider,
        });
    }

    /// <summary>Gets the value: the one that is kept, or else a new one, which is fetched once for all who ask.</summary>
    /// <param name="cancellationToken">Gives up the wait; the fetch goes on if others wait for it.</param>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The value was disposed, before or during the wait.</exception>
    /// <exception cref="InvalidOperationException">It was called by the fetch itself, be it in a scope that the fetch has made, and would wait for itself.</exception>
    /// <remarks>Besides, whatever the fetch throws. A value that has expired when it comes is given to those who waited for it, and the next one fetches again.</remarks>
    public ValueTask<T> GetAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<T>(cancellationToken);
        var kept = Volatile.Read(ref _kept);
        var now = _time.GetUtcNow();
        return kept is not null && now < kept.RefreshFrom && !_scope.IsCancelled ? new(kept.Value) : new(JoinAsync(cancellationToken));
    }

    /// <summary>
    /// Drops <paramref name="value"/> before its time is over, for instance because a server has refused it. If it is still the one
    /// that is kept, it is dropped, and the next one who asks fetches again. One that several refuse is fetched once.
    /// </summary>
    /// <returns>Whether it was the one that is kept.</returns>
    public bool Invalidate(T value)
    {
        lock (_gate)
        {
            if (_kept is not { } kept || !EqualityComparer<T>.Default.Equals(kept.Value, value)) return false;
            // Other processes may still keep it where they share it.
            _refused = kept;
            Volatile.Write(ref _kept, null);
            return true;
        }
    }

    /// <summary>Cancels a fetch that runs and waits for its end; who waits for it fails. The value itself is not disposed.</summary>
    public ValueTask DisposeAsync() => _scope.DisposeAsync();

    /// <summary>Whether a fetch is under way.</summary>
    internal bool IsFetching
    {
        get
        {
            lock (_gate) return _running is not null;
        }
    }

    /// <summary>A value that came, until when it serves, and from when on somebody has to fetch, while it may still serve.</summary>
    private sealed record Kept(T Value, DateTimeOffset ExpiresAt, DateTimeOffset RefreshFrom)
    {
        internal static Kept Of(Expiring<T> came, DateTimeOffset now, TimeSpan refreshAhead)
        {
            var isForGood = came.ExpiresAt == DateTimeOffset.MaxValue;
            var half = came.ExpiresAt > now ? (came.ExpiresAt - now) / 2 : TimeSpan.Zero;
            return new(came.Value, came.ExpiresAt, isForGood ? came.ExpiresAt : came.ExpiresAt - (refreshAhead < half ? refreshAhead : half));
        }

        /// <summary>The same when a refresh has failed: the next one when half of the time that is left has passed.</summary>
        internal Kept RefreshLater(DateTimeOffset now) => ExpiresAt > now ? this with { RefreshFrom = now + (ExpiresAt - now) / 2 } : this;
    }
}
