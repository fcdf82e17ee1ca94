using GoGoScope.Tests.Leases.Histories;
using GoGoScope.Tests.Scopes;

namespace GoGoScope.Tests.Attacks;

public sealed class HostileListenerTests
{
    [Test]
    public async Task A_listener_that_is_hostile_when_it_is_asked_keeps_nobody_from_locking_and_others_from_hearing(
        [Values] HostileListener.Does does, [Values("gogoscope.lock.contentions", "source")] string when, [Values] HostileListener.Use use)
    {
        using var hangs = new CancellationTokenSource(TestTools.Hang);
        var (said, isWell) = await HistoryProcess.RunAsync([HostileListener.Name, $"{does}", when, $"{use}"], [], hangs.Token);
        Assert.That(said.Trim(), Is.EqualTo("hostile: 1, others hear: True"));
        Assert.That(isWell);
    }
}
