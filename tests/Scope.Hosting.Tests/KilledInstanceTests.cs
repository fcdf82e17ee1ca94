using System.Diagnostics;
using System.Globalization;
using GoGoScope.Persistence.Redis;

namespace GoGoScope.Hosting.Tests;

/// <summary>Real processes of the sample, on a Redis, one of which is killed.</summary>
[TestFixture]
public sealed class KilledInstanceTests
{
    private const string Worker = "shop:reorders";

    [Test]
    public async Task A_worker_whose_instance_is_killed_runs_on_another_one_when_its_lease_has_ended()
    {
        var (connection, prefix) = (await TestServer.Redis.ConnectionAsync(), $"hosting-{Guid.NewGuid():N}:");
        await using var provider = await RedisLockProvider.ConnectAsync(connection, new RedisStoreOptions { KeyPrefix = prefix });
        await using var one = new ShopProcess(connection, prefix);
        var first = await one.RunsAsync();
        await using var two = new ShopProcess(connection, prefix);
        await Waiting.Until(async () => (await provider.InspectAsync(Worker)).Waiters.Count == 1, "the other one waits");
        var lease = (await provider.InspectAsync(Worker)).Holders.Single();

        one.Kill();
        var second = await two.RunsAsync();

        Assert.That(second, Is.GreaterThan(first));
        var now = await provider.InspectAsync(Worker);
        Assert.That(now.Holders.Single().Process, Is.Not.EqualTo(lease.Process));
        Assert.That(now.At, Is.GreaterThanOrEqualTo(lease.ExpiresAt!.Value), "not before");
    }

    private sealed class ShopProcess(string connection, string prefix) : IAsyncDisposable
    {
        private const string Runs = $"\"{Worker}\" and runs, with fencing token ";

        private readonly Process _process = Process.Start(new ProcessStartInfo(
            Programs.DotNet,
            [
                "exec", typeof(Shop.ShopApplication).Assembly.Location, "--urls=http://127.0.0.1:0", $"--GoGoScope:ConnectionString={connection}", $"--GoGoScope:KeyPrefix={prefix}",
                "--GoGoScope:Leases:DefaultTimeToLive=00:00:02",
            ])
        {
            RedirectStandardOutput = true,
        })!;

        /// <summary>The fencing token with which its worker runs, as soon as it does.</summary>
        internal async Task<long> RunsAsync()
        {
            while (await _process.StandardOutput.ReadLineAsync().Soon() is { } line)
                if (line.IndexOf(Runs, StringComparison.Ordinal) is var at and >= 0) return long.Parse(line[(at + Runs.Length)..], CultureInfo.InvariantCulture);
            throw new AssertionException($"It has ended with {_process.ExitCode}.");
        }

        internal void Kill() => _process.Kill();

        public async ValueTask DisposeAsync()
        {
            if (!_process.HasExited) _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
    }
}
