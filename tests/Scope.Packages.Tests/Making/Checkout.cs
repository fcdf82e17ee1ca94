using System.Reflection;
using System.Xml.Linq;

namespace GoGoScope.Packages.Tests.Making;

/// <summary>What the tests were built from.</summary>
internal static class Checkout
{
    internal static string Root { get; } = Path.GetFullPath(Built("Repository"));

    internal static string Configuration => Built("Configuration");

    /// <summary>The packages that its projects were restored with.</summary>
    internal static string RestoredPackages => Built("Packages");

    /// <summary>The version of the packages that it makes.</summary>
    internal static string Version => XDocument.Load(PathOf("Directory.Build.props")).Descendants("Version").Single().Value;

    internal static string PathOf(string relative) => Path.Combine(Root, relative);

    /// <summary>Puts files of it, or all that is in folders of it, into the place of a checkout.</summary>
    internal static void CopyTo(string root, params IEnumerable<string> files)
    {
        foreach (var file in files.SelectMany(FilesOf))
        {
            var copy = Path.Combine(root, file);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(PathOf(file), copy);
        }
    }

    private static IEnumerable<string> FilesOf(string relative) => Directory.Exists(PathOf(relative))
        ? Directory.EnumerateFiles(PathOf(relative), "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Root, file))
        : [relative];

    /// <summary>The version of somebody else's package that its projects are built with.</summary>
    internal static string VersionOf(string package) =>
        XDocument.Load(PathOf("Directory.Packages.props")).Descendants("PackageVersion")
            .Single(version => version.Attribute("Include")!.Value == package).Attribute("Version")!.Value;

    /// <summary>The package that each project makes which makes one, by the project's path.</summary>
    internal static IReadOnlyDictionary<string, string> Packages { get; } =
        new[] { "src", "tests" }.SelectMany(folder => Directory.EnumerateFiles(PathOf(folder), "*.csproj", SearchOption.AllDirectories))
            .Select(path => (path, project: XDocument.Load(path)))
            .Where(file => file.project.Descendants("IsPackable").Any(packable => packable.Value == "true"))
            .ToDictionary(file => file.path, file => file.project.Descendants("PackageId").Single().Value);

    private static string Built(string name) =>
        typeof(Checkout).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == name).Value!;
}
