using System.Reflection;
using System.Xml.Linq;
using GoGoScope.Testing;

namespace GoGoScope.Tests.Conventions;

/// <summary>
/// In GoGoScope.Testing the compiler's rule for docs is off, because a test says by its name what it shows. For everything
/// else that authors of stores see, this is the rule.
/// </summary>
[TestFixture]
public sealed class SuiteDocsTests
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    [Test]
    public void Everything_but_the_tests_is_documented()
    {
        var assembly = typeof(LockStoreHarness).Assembly;
        // Overloads are told apart by their number only.
        var documented = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member")
            .Select(member => member.Attribute("name")!.Value.Split('(')[0].Split("``")[0]).ToLookup(name => name);
        var wanted = assembly.GetExportedTypes().Where(type => !PublicApi.IsGenerated(type)).SelectMany(type => Members(type).Prepend($"T:{Name(type)}")).ToLookup(name => name);

        Assert.That(wanted.Where(member => documented[member.Key].Count() < member.Count()).Select(member => member.Key), Is.Empty);
    }

    private static IEnumerable<string> Members(Type type) => type.GetMembers(Declared).Where(PublicApi.IsShown).SelectMany<MemberInfo, string>(member => member switch
    {
        MethodInfo { IsSpecialName: false } => [$"M:{Name(type)}.{member.Name}"],
        PropertyInfo => [$"P:{Name(type)}.{member.Name}"],
        FieldInfo => [$"F:{Name(type)}.{member.Name}"],
        ConstructorInfo made when made.GetParameters().Length > 0 && type.GetMethod("<Clone>$") is null => [$"M:{Name(type)}.#ctor"],
        _ => [],
    });

    private static string Name(Type type) => type.FullName!.Replace('+', '.');
}
