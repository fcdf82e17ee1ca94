namespace GoGoScope;

/// <summary>
/// A token that is cancelled with any of several. As that of a linked source, but who lets go of it does not wait for callbacks that run at that moment,
/// which may be slow: it may hold what others wait for.
/// </summary>
internal sealed class LinkedToken : IDisposable
{
    // Never disposed: it has no timer, its token stays readable, and a cancellation may be on its way while the registrations go.
    private readonly CancellationTokenSource _source = new();
    private readonly CancellationTokenRegistration[] _registrations;

    internal LinkedToken(params ReadOnlySpan<CancellationToken> tokens)
    {
        _registrations = new CancellationTokenRegistration[tokens.Length];
        for (var i = 0; i < _registrations.Length; i++)
            _registrations[i] = tokens[i].UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    internal CancellationToken Token => _source.Token;

    /// <summary>Leaves the tokens, which may live longer. Its own stays as it is.</summary>
    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Unregister();
    }
}
