using System.Reflection;
using GoGoScope.Tests.Compilation;
using GoGoScope.Tests.Run;

namespace GoGoScope.Tests.Conventions;

/// <summary>What a user's project gets by referencing GoGoScope.Core.</summary>
[TestFixture]
public sealed class PackageTests
{
    private static readonly Project Core = new(Repository.PathOf("src/Scope.Core/Scope.Core.csproj"));

    [Test]
    public void Core_needs_no_package()
    {
        var passedOn = Core.Items("PackageReference").Where(package => package.Attribute("PrivateAssets")?.Value != "all");
        Assert.That(passedOn, Is.Empty);
    }

    [Test]
    public void Core_references_the_framework_only() =>
        Assert.That(
            typeof(Scope).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name), Is.All.StartsWith("System.").Or.EqualTo("netstandard"));

    [Test]
    public void Core_is_checked_for_trimming_and_native_compilation() => Assert.That(Core["IsAotCompatible"], Is.EqualTo("true"));

    [Test]
    public void Core_is_documented() => Assert.That(Core["GenerateDocumentationFile"], Is.EqualTo("true"));

    [Test]
    public void Core_has_the_version_of_the_repository() =>
        Assert.That(
            typeof(Scope).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0],
            Is.EqualTo(new Project(Repository.PathOf("Directory.Build.props"))["Version"]));

    // ---- the name Lock ----

    private const string UsesLock = "_ = typeof(Lock);";

    [Test]
    public void The_name_Lock_is_ambiguous_without_the_alias() =>
        Assert.That(Snippet.Compile(UsesLock).Errors, Is.EqualTo(["CS0104"]));

    [Test]
    public void The_name_Lock_is_ours_with_the_alias()
    {
        var compiled = Snippet.Compile(UsesLock, $"global using GoGoScope; {Alias().Directive}");
        Assert.That(compiled.Image, Is.Not.Null, compiled.ToString());
    }

    [Test]
    public void The_alias_is_opt_in() => Assert.That(Alias().Condition, Is.EqualTo("'$(GoGoScopeLockAlias)' == 'true'"));

    /// <summary>NuGet takes only the file that is named like the package.</summary>
    [Test]
    public void The_alias_is_packed_where_it_is_looked_for()
    {
        var packed = Core.Items("None").Single(item => item.Attribute("Include")?.Value == $"build/{Core["PackageId"]}.props");
        Assert.That((packed.Attribute("Pack")?.Value, packed.Attribute("PackagePath")?.Value), Is.EqualTo(("true", "build/;buildTransitive/")));
    }

    /// <summary>What the SDK makes of a Using item, and when.</summary>
    private static (string Directive, string? Condition) Alias()
    {
        var item = new Project(Repository.PathOf($"src/Scope.Core/build/{Core["PackageId"]}.props")).Items("Using").Single();
        return ($"global using {item.Attribute("Alias")!.Value} = {item.Attribute("Include")!.Value};", item.Parent!.Attribute("Condition")?.Value);
    }
}
