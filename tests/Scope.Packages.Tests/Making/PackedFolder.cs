using System.Text.RegularExpressions;

namespace GoGoScope.Packages.Tests.Making;

/// <summary>All packages, made by one command from what the tests were built with, in a folder of their own.</summary>
internal sealed partial class PackedFolder : IDisposable
{
    /// <summary>A version that no registry and no folder of packages has.</summary>
    internal const string Version = "9999.0.0";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gogoscope-packages-");

    private PackedFolder()
    {
    }

    internal string Path => _folder.FullName;

    /// <summary>What was not packed, because the package source lacks its driver: why, by the id.</summary>
    internal IReadOnlyDictionary<string, string> Refused { get; private set; } = new Dictionary<string, string>();

    internal static async Task<PackedFolder> MakeAsync(CancellationToken cancellationToken)
    {
        var packed = new PackedFolder();
        var ended = await Command.RunAsync(
            Command.Dotnet, Checkout.Root, cancellationToken, "pack", "GoGoScope.sln", "--no-build", "--configuration", Checkout.Configuration,
            "--output", packed.Path, $"-p:PackageVersion={Version}", "--verbosity", "quiet");
        packed.Refused = Refusal().Matches(ended.Said).DistinctBy(match => match.Groups["project"].Value)
            .ToDictionary(match => Checkout.Packages[match.Groups["project"].Value], match => match.Groups["reason"].Value);
        if (ended.ExitCode != 0 && packed.Refused.Count == 0)
        {
            packed.Dispose();
            Assert.Fail(ended.Said);
        }
        return packed;
    }

    internal IEnumerable<string> Files(string pattern) => _folder.EnumerateFiles(pattern).Select(file => file.Name);

    /// <summary>Skips the test where <paramref name="id"/> could not be packed.</summary>
    internal Package Open(string id)
    {
        if (Refused.TryGetValue(id, out var reason)) Assert.Ignore($"{id} was not packed: {reason}");
        return new Package(System.IO.Path.Combine(Path, $"{id}.{Version}.nupkg"));
    }

    internal Package OpenSymbols(string id) => new(System.IO.Path.Combine(Path, $"{id}.{Version}.snupkg"));

    public void Dispose() => _folder.Delete(recursive: true);

    [GeneratedRegex(@"error : (?<reason>A package is made with the wanted drivers only.*) \[(?<project>.*\.csproj)\]")]
    private static partial Regex Refusal();
}
