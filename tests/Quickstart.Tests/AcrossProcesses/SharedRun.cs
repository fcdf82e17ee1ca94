namespace GoGoScope.Quickstart.Tests;

/// <summary>The program with two processes.</summary>
internal static class SharedRun
{
    /// <summary>Starts it, and returns in the middle of its first run.</summary>
    public static async Task<QuickstartProcess> StartAsync(string url, CancellationToken cancellationToken)
    {
        var program = QuickstartProcess.Start("--provider", url, "--processes", "2", "--workers", "2", "--think-time", "10", "--duration", "4");
        Assert.That(await program.ReadLineAsync(cancellationToken), Does.StartWith("Settling"));
        Assert.That(await program.ReadLineAsync(cancellationToken), Is.EqualTo("without lock, seconds: 1 of 4"));
        Assert.That(program.Children(), Has.Count.EqualTo(2));
        return program;
    }
}
