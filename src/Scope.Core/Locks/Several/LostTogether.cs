namespace GoGoScope;

/// <summary>A token that is cancelled when one of several leases is lost, and never by their release.</summary>
internal sealed class LostTogether : IDisposable
{
    // Never disposed: it has no timer, its token stays readable, and a loss may be on its way while the registrations go.
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenRegistration[] _registrations;

    internal LostTogether(IReadOnlyList<LockGuard> guards)
    {
        _registrations = new CancellationTokenRegistration[guards.Count];
        for (var i = 0; i < _registrations.Length; i++)
            _registrations[i] = guards[i].LostToken.UnsafeRegister(static lost => ((CancellationTokenSource)lost!).Cancel(), _lost);
    }

    internal CancellationToken Token => _lost.Token;

    /// <summary>Leaves the leases, which may live longer. The token stays as it is.</summary>
    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Unregister();
    }
}
