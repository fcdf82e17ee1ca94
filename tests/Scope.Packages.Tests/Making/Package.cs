using System.IO.Compression;
using System.Xml.Linq;

namespace GoGoScope.Packages.Tests.Making;

/// <summary>A package, looked into.</summary>
internal sealed class Package(string path) : IDisposable
{
    private readonly ZipArchive _archive = ZipFile.OpenRead(path);

    /// <summary>Its files, less what every package has to have because it is one.</summary>
    internal IEnumerable<string> Files =>
        _archive.Entries.Select(entry => entry.FullName)
            .Where(name => !name.StartsWith("_rels/", StringComparison.Ordinal) && !name.StartsWith("package/", StringComparison.Ordinal) && name != "[Content_Types].xml");

    internal byte[] Read(string file)
    {
        using var content = (_archive.GetEntry(file) ?? throw new FileNotFoundException($"{path} has no {file}.")).Open();
        using var read = new MemoryStream();
        content.CopyTo(read);
        return read.ToArray();
    }

    internal string ReadText(string file) => new StreamReader(new MemoryStream(Read(file))).ReadToEnd();

    /// <summary>What it says of itself: the text of an element.</summary>
    internal string Metadata(string name) => Elements(name).Single().Value;

    /// <summary>What it needs: "Npgsql 10.0.0", and what of that is not passed on.</summary>
    internal IEnumerable<string> Dependencies =>
        Elements("dependency").Select(dependency =>
            $"{dependency.Attribute("id")!.Value} {dependency.Attribute("version")!.Value}{(dependency.Attribute("exclude") is { } less ? $" without {less.Value}" : "")}");

    public void Dispose() => _archive.Dispose();

    private IEnumerable<XElement> Elements(string name)
    {
        var nuspec = Files.Single(file => file.EndsWith(".nuspec", StringComparison.Ordinal));
        return XDocument.Parse(ReadText(nuspec)).Descendants().Where(element => element.Name.LocalName == name);
    }
}
