using GoGoScope.Packages.Tests.Making;

namespace GoGoScope.Packages.Tests.Consumers;

/// <summary>
/// A project of somebody else's, outside of this repository, that knows the packages only. Other people's packages come from where those of
/// this repository were restored to, so that no registry is asked; ours from the folder that they were packed into, to a folder of its own.
/// </summary>
internal sealed class Application : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gogoscope-application-");

    /// <summary>A project with the files of <paramref name="sources"/>, a folder here.</summary>
    /// <param name="sources">From the root of the checkout.</param>
    /// <param name="ours">Packages of this repository.</param>
    /// <param name="others">Packages of others, in the version that this repository is built with.</param>
    /// <param name="properties">Lines of the project file beyond those that all have.</param>
    internal Application(string sources, IEnumerable<string> ours, IEnumerable<string> others, string properties = "")
    {
        foreach (var file in Directory.EnumerateFiles(Checkout.PathOf(sources), "*.cs")) File.Copy(file, PathOf(Path.GetFileName(file)));
        var references = ours.Select(id => (id, PackedFolder.Version)).Concat(others.Select(id => (id, Checkout.VersionOf(id))));
        File.WriteAllText(PathOf("Application.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <OutputType>Exe</OutputType>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <InvariantGlobalization>true</InvariantGlobalization>
                <RestoreSources>{RunSetUp.Packed.Path}</RestoreSources>
                <RestoreFallbackFolders>{Checkout.RestoredPackages}</RestoreFallbackFolders>
                <RestorePackagesPath>{PathOf("packages")}</RestorePackagesPath>
                <NuGetAudit>false</NuGetAudit>
                <!-- As in this repository, a registry may have had only a nearby version of an indirect package. -->
                <NoWarn>$(NoWarn);NU1603</NoWarn>
                {properties}
              </PropertyGroup>
              <ItemGroup>
                {string.Join('\n', references.Select(package => $"<PackageReference Include=\"{package.id}\" Version=\"{package.Item2}\" />"))}
              </ItemGroup>
            </Project>
            """);
    }

    /// <summary>Builds it, with warnings as errors.</summary>
    internal async Task BuildAsync(CancellationToken cancellationToken) =>
        await Command.DotnetAsync(_folder.FullName, cancellationToken, "build", "--output", "built", "--verbosity", "quiet");

    /// <summary>Runs what was built, in its folder, and returns what it printed.</summary>
    internal async Task<string> RunAsync(CancellationToken cancellationToken, params IEnumerable<string> arguments) =>
        await Command.DotnetAsync(_folder.FullName, cancellationToken, ["exec", Path.Combine("built", "Application.dll"), .. arguments]);

    internal async Task<string> DotnetAsync(CancellationToken cancellationToken, params IEnumerable<string> arguments) =>
        await Command.DotnetAsync(_folder.FullName, cancellationToken, arguments);

    internal Task<Command> TryDotnetAsync(CancellationToken cancellationToken, params IEnumerable<string> arguments) =>
        Command.RunAsync(Command.Dotnet, _folder.FullName, cancellationToken, arguments);

    internal string PathOf(string file) => Path.Combine(_folder.FullName, file);

    public void Dispose() => _folder.Delete(recursive: true);
}
