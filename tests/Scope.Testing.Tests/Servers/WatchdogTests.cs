using System.Diagnostics;
using System.Globalization;

namespace GoGoScope.Testing.Tests.Servers;

/// <summary>A run of tests that is killed leaves no server, no child of one, and no folder.</summary>
[Platform("Linux")]
public sealed class WatchdogTests
{
    [Test]
    public async Task The_server_of_a_killed_process_is_ended([Values] bool whileItIsPaused)
    {
        using var owner = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["exec", typeof(OwnerProcess).Assembly.Location])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        })!;
        int[] server = [];
        try
        {
            var said = (await owner.StandardOutput.ReadLineAsync().Soon())!.Split((char[]?)null, 3, StringSplitOptions.RemoveEmptyEntries);
            server = [Number(said[0]), Number(said[1])];
            var folder = said[2];
            Assert.That(server, Has.All.Matches<int>(Runs), "the server and its child run");
            Assert.That(folder, Does.Exist);
            if (whileItIsPaused) foreach (var id in server) await Programs.RunAsync("/bin/sh", "-c", $"kill -STOP {id}");

            // The process alone, and it can do nothing about it.
            owner.Kill();
            await owner.WaitForExitAsync().Soon();
            await Waiting.Until(() => !server.Any(Runs), "the server and its child are gone");
            await Waiting.Until(() => !Directory.Exists(folder), "its folder is gone");
        }
        finally
        {
            owner.Kill();
            foreach (var id in server.Where(Runs)) await Programs.RunAsync("/bin/sh", "-c", $"kill -KILL {id} 2>/dev/null || true");
        }
    }

    [Test]
    public async Task The_server_of_a_process_that_ends_it_is_ended()
    {
        int[] processes;
        string folder;
        await using (var server = await LocalServer.StartAsync(new ShellServer(), []))
        {
            folder = server.Folder;
            processes = [.. File.ReadAllText(Path.Combine(folder, ShellServer.ProcessesFile)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(Number)];
            Assert.That(processes, Has.All.Matches<int>(Runs));
        }
        Assert.That(folder, Does.Not.Exist);
        await Waiting.Until(() => !processes.Any(Runs), "the server and its child are gone");
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>Not one that has ended and that nobody has asked how.</summary>
    private static bool Runs(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[stat.LastIndexOf(')') + 2] != 'Z';
        }
        catch (IOException)
        {
            return false;
        }
    }
}
