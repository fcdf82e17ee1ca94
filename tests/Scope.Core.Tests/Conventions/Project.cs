using System.Xml.Linq;
using GoGoScope.Tests.Run;

namespace GoGoScope.Tests.Conventions;

/// <summary>A project file, as it is written.</summary>
internal sealed class Project(string path)
{
    private readonly XDocument _xml = XDocument.Load(path);

    internal string Name => Path.GetFileNameWithoutExtension(path);

    /// <summary>The value of a property; null if the project doesn't set it.</summary>
    internal string? this[string property] => _xml.Descendants(property).LastOrDefault()?.Value;

    internal IEnumerable<XElement> Items(string type) => _xml.Descendants(type);

    public override string ToString() => Repository.Relative(path);
}
