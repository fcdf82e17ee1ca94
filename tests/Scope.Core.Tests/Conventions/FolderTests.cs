using System.Text.RegularExpressions;
using GoGoScope.Tests.Run;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GoGoScope.Tests.Conventions;

/// <summary>
/// The folders of Core use each other as the table in docs/design.md says, no more and no less. By name: what is used without being named,
/// as the type of a <c>var</c> or the class of an extension method, is not seen.
/// </summary>
[TestFixture]
public sealed partial class FolderTests
{
    private const string Core = "src/Scope.Core";
    private const string Page = "docs/design.md";

    private static readonly CSharpParseOptions NoDocs = new(documentationMode: DocumentationMode.None);

    [Test]
    public void The_table_of_folders_says_who_uses_whom()
    {
        var files = Files();
        var homes = Homes(files);
        var uses =
            from file in files
            from name in Names(file.Root)
            let home = homes.GetValueOrDefault(name)
            where home is not null && home != file.Folder
            group name by (file.Folder, Home: home);
        var found = uses.ToDictionary(use => use.Key, use => string.Join(", ", use.Distinct().Order(StringComparer.Ordinal)));
        var said = Table().SelectMany(row => row.Uses.Select(used => (row.Folder, Used: used))).ToHashSet();

        Assert.Multiple(() =>
        {
            Assert.That(Table().Select(row => row.Folder), Is.EquivalentTo(files.Select(file => file.Folder).Distinct()), "folders");
            Assert.That(Lines(found.Where(use => !said.Contains(use.Key)).Select(use => $"{use.Key.Folder} uses {use.Key.Home}: {use.Value}")), Is.Empty, $"{Page} doesn't say that");
            Assert.That(Lines(said.Where(use => !found.ContainsKey(use)).Select(use => $"{use.Folder} uses {use.Used}")), Is.Empty, $"only {Page} says that");
        });
    }

    [Test]
    public void The_diagram_shows_every_store()
    {
        var stores =
            from file in Repository.Files("*LockStore.cs", "src")
            let name = Path.GetFileNameWithoutExtension(file)
            where name[0] != 'I'
            select name;
        var diagram = Repository.Read(Page).Split("\n## Layers").ElementAt(1).Split("\n`src/Scope.Core`")[0];
        Assert.That(stores.Where(name => !diagram.Contains(name, StringComparison.Ordinal)), Is.Empty);
    }

    private static IEnumerable<(string Folder, string[] Uses)> Table() =>
        from line in Repository.Read(Page).ReplaceLineEndings("\n").Split('\n')
        let row = Row().Match(line)
        where row.Success
        select (row.Groups["folder"].Value, Quoted().Matches(row.Groups["uses"].Value).Select(used => used.Groups[1].Value).ToArray());

    private static List<(string Folder, string Name, CompilationUnitSyntax Root)> Files() =>
    [
        .. from path in Repository.Files("*.cs", Core)
           let parts = Repository.Relative(path)[(Core.Length + 1)..].Split('/')
           where parts.Length > 1
           select (parts[0], parts[^1][..^".cs".Length], CSharpSyntaxTree.ParseText(File.ReadAllText(path), NoDocs).GetCompilationUnitRoot()),
    ];

    /// <summary>The folder of each type; that of a type in several, the one with the file that has its name alone.</summary>
    private static Dictionary<string, string> Homes(List<(string Folder, string Name, CompilationUnitSyntax Root)> files) =>
        (from file in files
         from type in file.Root.DescendantNodes(node => node is not BaseTypeDeclarationSyntax).OfType<BaseTypeDeclarationSyntax>()
         group file by type.Identifier.Text)
        .ToDictionary(type => type.Key, type => type.OrderByDescending(file => file.Name == type.Key).First().Folder);

    /// <summary>The names in the code that can be those of types: not of members of something else, of arguments, or of what is called.</summary>
    private static IEnumerable<string> Names(CompilationUnitSyntax root) =>
        from name in root.DescendantNodes().OfType<SimpleNameSyntax>()
        where name.Parent switch
        {
            MemberAccessExpressionSyntax access => access.Name != name,
            InvocationExpressionSyntax call => call.Expression != name,
            AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax } set => set.Left != name,
            MemberBindingExpressionSyntax or NameColonSyntax or NameEqualsSyntax => false,
            _ => true,
        }
        select name.Identifier.Text;

    private static string Lines(IEnumerable<string> lines) => string.Join(Environment.NewLine, lines.Order(StringComparer.Ordinal));

    [GeneratedRegex(@"^\| `(?<folder>\w+)` \|.*\|(?<uses>[^|]*)\|$")]
    private static partial Regex Row();

    [GeneratedRegex(@"`(\w+)`")]
    private static partial Regex Quoted();
}
