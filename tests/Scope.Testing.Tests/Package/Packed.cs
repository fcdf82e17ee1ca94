using System.Diagnostics;
using System.IO.Compression;
using System.Reflection;
using System.Xml.Linq;

namespace GoGoScope.Testing.Tests.Package;

/// <summary>The packages, made from what the tests were built with, in a folder of their own.</summary>
internal sealed class Packed : IDisposable
{
    /// <summary>A version that no registry and no folder of packages has.</summary>
    internal const string Version = "9999.0.0-test";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gogoscope-packages-");

    /// <summary>Where they are.</summary>
    internal string Folder => _folder.FullName;

    /// <summary>The sources that the tests were built from.</summary>
    internal static string Repository { get; } = Path.GetFullPath(Built(nameof(Repository)));

    /// <summary>The packages that this project was restored with.</summary>
    internal static string RestoredPackages => Built("Packages");

    internal static async Task<Packed> MakeAsync(params string[] projects)
    {
        var packed = new Packed();
        foreach (var project in projects)
        {
            await DotnetAsync(
                Repository, "pack", Path.Combine(Repository, project), "--no-build", "--configuration", Built("Configuration"),
                "--output", packed.Folder, $"-p:PackageVersion={Version}", "--disable-build-servers", "-nodeReuse:false");
        }
        return packed;
    }

    internal ZipArchive Open(string id) => ZipFile.OpenRead(Path.Combine(Folder, $"{id}.{Version}.nupkg"));

    /// <summary>What the package says of itself.</summary>
    internal XElement Metadata(string id)
    {
        using var package = Open(id);
        using var text = package.GetEntry($"{id}.nuspec")!.Open();
        return XDocument.Load(text).Root!.Elements().Single();
    }

    /// <summary>Runs <c>dotnet</c> in <paramref name="folder"/> and returns what it said; throws that if it fails.</summary>
    internal static async Task<string> DotnetAsync(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", arguments)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        // What the run of tests that this is part of tells its own build.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase) && name != "MSBUILDDISABLENODEREUSE").ToList()) start.Environment.Remove(name);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{string.Concat(said)}");
        return said[0];
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static string Built(string name) =>
        typeof(Packed).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == name).Value!;
}
