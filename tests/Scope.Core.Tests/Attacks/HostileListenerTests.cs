using GoGoScope.Tests.Leases.Histories;
using GoGoScope.Tests.Scopes;

namespace GoGoScope.Tests.Attacks;

public sealed class HostileListenerTests
{
    [Test]
    public async Task A_listener_that_is_hostile_when_it_is_asked_keeps_nobody_from_locking_and_others_from_hearing(
        [Values] HostileListener.Does does, [Values("gogoscope.lock.contentions", "source")] string when,
        [Values(HostileListener.Use.Scope, HostileListener.Use.Lock, HostileListener.Use.Provider)] HostileListener.Use use) => await IsWellAsync(does, when, use);

    [Test]
    public async Task A_listener_to_events_that_is_hostile_when_it_is_asked_keeps_no_scope_from_ending([Values] HostileListener.Does does) =>
        await IsWellAsync(does, "events", HostileListener.Use.Scope);

    [Test]
    public async Task Who_uses_a_store_only_is_heard() => await IsWellAsync(HostileListener.Does.Acquire, "events", HostileListener.Use.Store);

    [Test]
    public async Task A_scope_with_a_provider_of_somebody_elses_is_heard() =>
        await IsWellAsync(HostileListener.Does.Throw, "events", HostileListener.Use.ForeignProvider, isCounted: false);

    private static async Task IsWellAsync(HostileListener.Does does, string when, HostileListener.Use use, bool isCounted = true)
    {
        using var hangs = new CancellationTokenSource(TestTools.Hang);
        var (said, isWell) = await HistoryProcess.RunAsync([HostileListener.Name, $"{does}", when, $"{use}"], [], hangs.Token);
        Assert.That(said.Trim(), Is.EqualTo($"hostile: 1, others hear: {isCounted}"));
        Assert.That(isWell);
    }
}
