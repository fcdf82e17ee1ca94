namespace GoGoScope.Files.Tests;

/// <summary>Before the first test and after the last.</summary>
[SetUpFixture]
public sealed class RunSetUp
{
    private static readonly DirectoryInfo Shared = Directory.CreateTempSubdirectory("gogoscope-");

    /// <summary>The directory of locks that all tests share which don't say otherwise.</summary>
    internal static string SharedDirectory => Shared.FullName;

    [OneTimeTearDown]
    public async Task EndAll()
    {
        await WorkerPool.EndAsync();
        Shared.Delete(recursive: true);
    }
}
