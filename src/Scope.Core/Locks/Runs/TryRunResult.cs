namespace GoGoScope;

/// <summary>Tells whether something was run, and what it returned.</summary>
/// <typeparam name="T">The type of the result.</typeparam>
/// <example>
/// <code>
/// var run = await s.TryRunExclusiveAsync("nightly", ct => SettleAsync(ct));
/// Console.WriteLine(run.HasRun ? $"settled {run.Result}" : "somebody else is at it");
/// </code>
/// </example>
public readonly struct TryRunResult<T>
{
    private readonly T _result;

    internal TryRunResult(T result) => (_result, HasRun) = (result, true);

    /// <summary>Whether it was run, to its end; false if somebody else had the key.</summary>
    public bool HasRun { get; }

    /// <summary>What it returned, whatever that is.</summary>
    /// <exception cref="InvalidOperationException">It was not run.</exception>
    public T Result => HasRun ? _result : throw new InvalidOperationException($"It was not run, so it has no result: ask {nameof(HasRun)} first.");

    /// <inheritdoc/>
    public override string ToString() => HasRun ? $"run: {_result}" : "not run";
}
