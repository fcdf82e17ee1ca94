using System.Diagnostics;

namespace GoGoScope;

/// <summary>
/// Owns a cancellation token, child tasks and disposables, and outlives none of them: when it has ended, every child
/// has ended and everything it owned was released, last in, first out.
/// </summary>
/// <remarks>
/// <para>
/// <see cref="RunAsync{T}(Func{Scope, Task{T}}, ScopeOptions, CancellationToken)"/> is the full form: it sees the
/// exception of its body and loses none. With <c>await using var s = Scope.Create()</c> the body is the rest of the
/// block; join before it ends, or the children are cancelled.
/// </para>
/// <para>Every member may be called from any thread, unless it says otherwise.</para>
/// </remarks>
/// <example>
/// <code>
/// var total = await Scope.RunAsync(async s =>
/// {
///     var left = s.Start(ct => CountAsync("left", ct));
///     var right = s.Start(ct => CountAsync("right", ct));
///     return await left + await right;
/// }, new ScopeOptions { Timeout = TimeSpan.FromSeconds(5) }, cancellationToken);
/// </code>
/// </example>
[DebuggerDisplay("{Headline(),nq}")]
public sealed partial class Scope : IAsyncDisposable
{
    /// <summary>Open until teardown begins; closing while children end and owned things are released; closed after that.</summary>
    private enum Phase : byte { Open, Closing, Closed }

    private readonly ScopeOptions _options;

    // A few pointer writes at a time. It may be entered while a lock's gate is held, so nothing inside it may enter
    // another gate or call out.
    private Gate _gate;
    private Phase _phase;

    private Scope(ScopeOptions? options, Scope? parent, CancellationToken callerToken)
    {
        TelemetryMaking.BeforeGates();
        _options = options ?? ScopeOptions.Default;
        _parent = parent;
        _callerToken = callerToken;
        _creator = ScopeFlow.Current;
        TimeProvider = _options.TimeProvider ?? parent?.TimeProvider ?? TimeProvider.System;
        LockProvider = _options.LockProvider ?? parent?.LockProvider ?? InMemoryLockProvider.Shared;
        _memory = LockProvider as InMemoryLockProvider;
    }

    /// <summary>
    /// Creates a scope, to be disposed by <c>await using</c>. Its end does not see the exception of the block it stands in; where
    /// that matters, use <see cref="RunAsync{T}(Func{Scope, Task{T}}, ScopeOptions, CancellationToken)"/>.
    /// </summary>
    /// <param name="options">What it is called and how it behaves; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the scope, with the cause <see cref="CancellationCause.Caller"/>.</param>
    /// <example>
    /// <code>
    /// await using var s = Scope.Create();
    /// s.Run(ct => PumpAsync(ct));
    /// await s.JoinAsync();
    /// </code>
    /// </example>
    public static Scope Create(ScopeOptions? options = null, CancellationToken cancellationToken = default)
    {
        var scope = new Scope(options, parent: null, cancellationToken);
        scope.ObserveCaller();
        scope.StartDeadline();
        return scope;
    }

    /// <summary>The scope's name in errors, events and dumps; null if it was given none.</summary>
    public string? Name => _options.Name;

    /// <summary>The clock of its deadline, its waits and its leases.</summary>
    public TimeProvider TimeProvider { get; }

    /// <summary>The provider of the scope's keyed locks.</summary>
    public ILockProvider LockProvider { get; }

    internal FailurePolicy FailurePolicy => _options.FailurePolicy;

    /// <summary>How the start of a sentence calls it.</summary>
    private string Title => Name is null ? "A scope without a name" : $"Scope \"{Name}\"";

    /// <summary>How the rest of a sentence calls it.</summary>
    private string Called => Name is null ? "a scope without a name" : $"scope \"{Name}\"";

    private ObjectDisposedException Closed() => new(nameof(Scope), $"{Title} has ended: nothing can be started in it or owned by it any more.");
}
