namespace GoGoScope.Quickstart.Tests;

/// <summary>The program with two processes.</summary>
internal static class SharedRun
{
    /// <summary>Starts it, and returns in the middle of its first run.</summary>
    public static async Task<QuickstartProcess> StartAsync(string url, CancellationToken cancellationToken)
    {
        var program = QuickstartProcess.Start("--provider", url, "--processes", "2", "--workers", "2", "--think-time", "10", "--duration", "8");
        Assert.That(await program.ReadLineAsync(cancellationToken), Does.StartWith("Settling"));
        Assert.That(await program.ReadLineAsync(cancellationToken), Is.EqualTo("without lock, seconds: 2 of 8"));
        Assert.That(program.Children(), Has.Count.EqualTo(2));
        return program;
    }
}
