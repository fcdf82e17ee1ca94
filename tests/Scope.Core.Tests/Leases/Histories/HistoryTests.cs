using System.Globalization;

namespace GoGoScope.Tests.Leases.Histories;

/// <summary>
/// The whole provider of leases under random schedules, by clocks that are moved, over a store and a network that fail.
/// </summary>
/// <remarks>
/// <para>In every history a few processes ask for a few keys in every way they can, while requests, answers and news are late or lost,
/// the store can't be reached or has its clock set, processes are paused, killed or end. At every quiet point: holds that
/// exclude each other are not both held, and no more permits than there are, by what their own processes believe; tokens rise; waits end in time and with the
/// errors that are documented; who has lost a lease is told; no change of a record takes a lease or a place that is not its own. After all
/// faults have stopped: everybody gets on, nothing remains, nobody asks the store for anything.</para>
/// <para>While the store's clock jumps forward, nobody can know that a lease has ended: exclusion and order of tokens
/// are then not promised for those who hold at that moment, nor are tokens of keys that the store has forgotten when it is set back.</para>
/// <para>A failure prints its seed and the shortest history that breaks like it; GOGOSCOPE_SEED=seed GOGOSCOPE_HISTORIES=1 runs it again.
/// GOGOSCOPE_HISTORIES=1000000 is for a long run.</para>
/// </remarks>
public sealed class HistoryTests
{
    private const int Usual = 3_000;
    private static readonly TimeSpan UsualTime = TimeSpan.FromSeconds(20);

    /// <summary>Else a seed would be worth nothing.</summary>
    [Test]
    public async Task A_seed_replays_every_step()
    {
        var seed = (ulong)Random.Shared.NextInt64(1L << 40);
        var (first, _) = await HistoryProcess.RunAsync(seed, 30, UsualTime);
        var (second, _) = await HistoryProcess.RunAsync(seed, 30, UsualTime);
        Assert.That(second, Is.EqualTo(first), $"GOGOSCOPE_SEED={seed}");
    }

    [Test]
    public async Task Every_history_comes_to_a_good_end()
    {
        var histories = int.TryParse(Environment.GetEnvironmentVariable("GOGOSCOPE_HISTORIES"), CultureInfo.InvariantCulture, out var wanted) ? wanted : Usual;
        var seed = ulong.TryParse(Environment.GetEnvironmentVariable("GOGOSCOPE_SEED"), CultureInfo.InvariantCulture, out var given)
            ? given : (ulong)Random.Shared.NextInt64(1L << 40);
        var (said, isWell) = await HistoryProcess.RunAsync(seed, histories, histories > Usual ? TimeSpan.FromDays(1) : UsualTime);
        TestContext.Out.WriteLine($"GOGOSCOPE_SEED={seed}\n{said}");
        if (!isWell) Assert.Fail(said);
    }
}
