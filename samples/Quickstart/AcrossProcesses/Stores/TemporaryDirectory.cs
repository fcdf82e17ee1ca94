namespace GoGoScope.Quickstart;

/// <summary>Where the processes share files if they were not told where.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("quickstart-");

    public StoreAddress Address => StoreAddress.OfDirectory(_directory.FullName);

    public void Dispose() => _directory.Delete(recursive: true);
}
