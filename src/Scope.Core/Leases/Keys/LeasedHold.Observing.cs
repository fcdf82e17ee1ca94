namespace GoGoScope;

// What is told of it to those who listen. Never under a gate.
internal sealed partial class LeasedHold
{
    /// <summary>It was granted without a wait, as this process had the key.</summary>
    internal LeasedHold GrantedAtOnce(LockObservation? observation)
    {
        observation?.GrantedAtOnce(Token);
        if (observation is not null) Observe(observation);
        return this;
    }

    /// <summary>From now on <paramref name="observation"/> is told of its end, which may have come already.</summary>
    internal void Observe(LockObservation observation)
    {
        if (IsHandedOn) Telemetry.HandedOn(Agent.ProviderName);
        Interlocked.Exchange(ref _observation, observation);
        if (_state == State.Held) return;
        if (WhyNot is LeaseLostException lost) TakeObservation()?.Lost(lost)();
        else TellReleased();
    }

    internal void TellReleased() => TakeObservation()?.Released();

    private LockObservation? TakeObservation() => _observation is null ? null : Interlocked.Exchange(ref _observation, null);
}
