using GoGoScope.Tests.Scopes;

namespace GoGoScope.Tests.Attacks;

[NonParallelizable]
public sealed class GuardTextRaceTests
{
    [Test]
    public async Task The_text_of_a_guard_never_throws()
    {
        var @lock = new Lock(CancellationToken.None);
        for (var round = 0; round < 20_000; round++)
        {
            var guard = await @lock.AcquireAsync();
            using var start = new Barrier(2);
            var text = Task.Run(() => { start.SignalAndWait(); return guard.ToString(); });
            start.SignalAndWait();
            if ((round & 1) == 0) Thread.SpinWait(round % 40);
            await guard.DisposeAsync();
            Assert.That(await text.Error(), Is.Null, $"round {round}");
        }
    }
}
