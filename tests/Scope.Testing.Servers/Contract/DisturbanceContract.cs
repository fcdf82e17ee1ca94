using System.Globalization;

namespace GoGoScope.Testing;

/// <summary>Whatever happens to connections and servers while processes use a lock, there are never two holders.</summary>
public abstract class DisturbanceContract<THarness> : OwnServerContract<THarness> where THarness : ServerProcessHarness, new()
{
    private const int Processes = 3;
    private const int Times = 60;
    private const int Kills = 5;

    /// <summary>They get somewhere in between.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    [Test]
    public async Task Connections_are_killed_and_what_can_be_forgotten_is()
    {
        var (connection, killConnectionsAsync) = OpenWay();
        await CountAsync(await StartWorkersAsync(Processes, settings => settings with { Connection = connection }), async round =>
        {
            // Where connecting takes long, they would get nowhere.
            if (round >= Kills) return;
            await Harness.LetForgetAsync(Connection);
            await killConnectionsAsync();
        });
    }

    [Test]
    public async Task The_server_is_killed_and_started_again()
    {
        await CountAsync(await StartWorkersAsync(Processes), async round =>
        {
            if (round > 0) return;
            await Server.KillAsync();
            await Server.StartAsync();
        });
    }

    [Test]
    public async Task Each_process_has_only_one_connection()
    {
        if (Harness.WhyNotOneConnection is { } reason) Assert.Ignore(reason);
        await CountAsync(await StartWorkersAsync(Processes, settings => settings with { Connection = Harness.WithOneConnection(Connection) }), _ => Task.CompletedTask);
    }

    [Test]
    public async Task A_server_that_lets_nobody_write_is_named_as_what_it_is()
    {
        await using var server = await Harness.StartReadOnlyAsync();
        await using var provider = await Harness.OpenAsync(server.Connection, EndsSoon with { StoreTimeout = TimeSpan.FromSeconds(1) });
        LockProviderException? refused = null;
        await Waiting.Until(
            async () => (refused = await Assert.CatchAsync<LockProviderException>(() => NewLock(provider).AcquireAsync().Soon()))!.Message.Contains("read-only", StringComparison.Ordinal),
            "it is said why");
        Assert.That(refused!.Message, Does.Contain(Key));
    }

    /// <summary>Lets all count, disturbs them meanwhile, and finds every count.</summary>
    private async Task CountAsync(WorkerProcess[] workers, Func<int, Task> disturbAsync)
    {
        var file = NewFile();
        var counting = Task.WhenAll(workers.Select(worker => worker.CountAsync(Key, file, Times)));
        await Waiting.Until(() => counting.IsCompleted || (File.Exists(file) && new FileInfo(file).Length > 0), "they count");
        var rounds = 0;
        do
        {
            await disturbAsync(rounds++);
            await Task.WhenAny(counting, Task.Delay(Pause));
        }
        while (!counting.IsCompleted);
        await counting.Soon();
        Assert.That(int.Parse(await File.ReadAllTextAsync(file), CultureInfo.InvariantCulture), Is.EqualTo(Processes * Times));
    }
}
