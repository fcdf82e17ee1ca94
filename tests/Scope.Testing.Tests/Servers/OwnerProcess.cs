namespace GoGoScope.Testing.Tests.Servers;

/// <summary>
/// A process that starts a server and never ends it, as a run of tests does that is killed. This assembly is its program:
/// it says on one line which processes the server is and where its folder is, and waits for its input to end.
/// </summary>
internal static class OwnerProcess
{
    internal static async Task Main()
    {
        var server = await LocalServer.StartAsync(new ShellServer(), []);
        Console.WriteLine($"{(await File.ReadAllTextAsync(Path.Combine(server.Folder, ShellServer.ProcessesFile))).Trim()} {server.Folder}");
        await Console.In.ReadToEndAsync();
    }
}
