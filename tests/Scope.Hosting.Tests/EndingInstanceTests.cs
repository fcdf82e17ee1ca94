using System.Diagnostics;
using System.Globalization;
using GoGoScope.Persistence.Postgres;
using GoGoScope.Persistence.Redis;
using Npgsql;

namespace GoGoScope.Hosting.Tests;

/// <summary>Real processes, of the sample on a Redis or of an application on PostgreSQL, one of which ends.</summary>
[TestFixture]
public sealed class EndingInstanceTests
{
    public enum Store
    {
        Redis,
        Postgres,
    }

    [Test]
    public async Task A_worker_whose_instance_is_killed_runs_on_another_one_when_its_lease_has_ended([Values] Store store)
    {
        await using var pair = await StartAsync(store, timeToLive: "00:00:02");

        pair.One.Kill();
        var second = await pair.Two.RunsAsync();

        Assert.That(second, Is.GreaterThan(pair.FirstToken));
        var now = await pair.LookAsync();
        Assert.That(now.Holders.Single().Process, Is.Not.EqualTo(pair.FirstLease.Process));
        Assert.That(now.At, Is.GreaterThanOrEqualTo(pair.FirstLease.ExpiresAt!.Value), "not before");
    }

    /// <summary>As service managers and containers tell it. Its lease would last for longer than the test waits for anything.</summary>
    [Test]
    [Platform(Exclude = "Win")]
    public async Task A_worker_whose_instance_is_told_to_end_runs_on_another_one_at_once()
    {
        await using var pair = await StartAsync(Store.Redis, timeToLive: "01:00:00");

        await pair.One.TerminateAsync();
        var second = await pair.Two.RunsAsync();

        Assert.That(second, Is.GreaterThan(pair.FirstToken));
        Assert.That((await pair.LookAsync()).Holders.Single().Process, Is.Not.EqualTo(pair.FirstLease.Process));
        Assert.That(await pair.One.EndsAsync(), Is.Zero, "it has ended as it should");
    }

    /// <summary>Two of them; the worker runs on the first, and the second waits for it.</summary>
    private static async Task<Pair> StartAsync(Store store, string timeToLive)
    {
        while (true)
        {
            var pair = await (store == Store.Redis ? OpenRedisAsync(timeToLive) : OpenPostgresAsync(timeToLive));
            try
            {
                if (await pair.StartAsync()) return pair;
            }
            catch
            {
                await pair.DisposeAsync();
                throw;
            }
            // A machine that stood still for as long as the lease lasts has let them change places.
            await pair.DisposeAsync();
        }
    }

    private static async Task<Pair> OpenRedisAsync(string timeToLive)
    {
        var (connection, prefix) = (await TestServer.Redis.ConnectionAsync(), $"hosting-{Guid.NewGuid():N}:");
        var provider = await RedisLockProvider.ConnectAsync(connection, new RedisStoreOptions { KeyPrefix = prefix });
        return new Pair(provider, "shop:reorders", worker => new InstanceProcess(
            typeof(Shop.ShopApplication), worker, connection, timeToLive, "--urls=http://127.0.0.1:0", $"--GoGoScope:KeyPrefix={prefix}"));
    }

    private static async Task<Pair> OpenPostgresAsync(string timeToLive)
    {
        var (connection, table) = (await TestServer.Postgres.ConnectionAsync(), $"hosting_{Guid.NewGuid():N}");
        var provider = new PostgresLockProvider(connection, new PostgresStoreOptions { Table = table });
        await provider.EnsureSchemaAsync();
        return new Pair(provider, InstanceProgram.Worker, worker => new InstanceProcess(typeof(InstanceProgram), worker, connection, timeToLive, $"--GoGoScope:Table={table}"), DropAsync);

        async Task DropAsync()
        {
            await using var database = NpgsqlDataSource.Create(connection);
            await using var drop = database.CreateCommand($"DROP TABLE {table}");
            await drop.ExecuteNonQueryAsync();
        }
    }

    private sealed class Pair(LeasedLockProvider provider, string worker, Func<string, InstanceProcess> start, Func<Task>? clear = null) : IAsyncDisposable
    {
        private InstanceProcess? _one;
        private InstanceProcess? _two;

        internal InstanceProcess One => _one!;

        internal InstanceProcess Two => _two!;

        internal long FirstToken { get; private set; }

        internal InspectedHolder FirstLease { get; private set; } = null!;

        /// <summary>Returns when the worker runs on the first, and the second waits for it. False if they have changed places.</summary>
        internal async Task<bool> StartAsync()
        {
            _one = start(worker);
            FirstToken = await _one.RunsAsync();
            _two = start(worker);
            await Waiting.Until(
                async () =>
                {
                    if (await LookAsync() is not { Holders: [var holder], Waiters.Count: 1 }) return false;
                    FirstLease = holder;
                    return true;
                },
                "the other one waits");
            return FirstLease.FencingToken <= FirstToken && FirstToken <= FirstLease.LastFencingToken;
        }

        internal async Task<LockInspection> LookAsync() => await provider.InspectAsync(worker);

        public async ValueTask DisposeAsync()
        {
            if (_one is not null) await _one.DisposeAsync();
            if (_two is not null) await _two.DisposeAsync();
            await provider.DisposeAsync();
            if (clear is not null) await clear();
        }
    }

    private sealed class InstanceProcess(Type program, string worker, string connection, string timeToLive, params string[] more) : IAsyncDisposable
    {
        private readonly Process _process = Process.Start(new ProcessStartInfo(
            Programs.DotNet,
            [
                "exec", program.Assembly.Location, $"--GoGoScope:ConnectionString={connection}",
                $"--GoGoScope:Leases:DefaultTimeToLive={timeToLive}", "--GoGoScope:Leases:RenewalsPerLease=20", .. more,
            ])
        {
            RedirectStandardOutput = true,
        })!;

        /// <summary>The fencing token with which its worker runs, as soon as it does.</summary>
        internal async Task<long> RunsAsync()
        {
            var runs = $"\"{worker}\" and runs, with fencing token ";
            while (await _process.StandardOutput.ReadLineAsync().Soon() is { } line)
                if (line.IndexOf(runs, StringComparison.Ordinal) is var at and >= 0) return long.Parse(line[(at + runs.Length)..], CultureInfo.InvariantCulture);
            throw new AssertionException($"It has ended with {_process.ExitCode}.");
        }

        internal void Kill() => _process.Kill();

        internal Task TerminateAsync() => Signals.SendAsync("TERM", _process.Id);

        /// <summary>Its exit code, once it has ended.</summary>
        internal async Task<int> EndsAsync()
        {
            await _process.WaitForExitAsync().Soon();
            return _process.ExitCode;
        }

        public async ValueTask DisposeAsync()
        {
            if (!_process.HasExited) _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
    }
}
