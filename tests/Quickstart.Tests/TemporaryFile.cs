namespace GoGoScope.Quickstart.Tests;

/// <summary>A file for one test.</summary>
internal sealed class TemporaryFile : IDisposable
{
    public TemporaryFile(string content) => File.WriteAllText(Path, content);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"quickstart-{Guid.NewGuid():N}.csv");

    public void Dispose() => File.Delete(Path);
}
