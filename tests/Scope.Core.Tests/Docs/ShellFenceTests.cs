using GoGoScope.Tests.Run;

namespace GoGoScope.Tests.Docs;

/// <summary>Every command in a <c>sh</c> fence is one that exists here, with the options it is given.</summary>
[TestFixture]
public sealed class ShellFenceTests
{
    [TestCaseSource(nameof(Commands))]
    public void A_command_exists(string command)
    {
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        switch (words)
        {
            case ["dotnet", "run", .. var rest]: Project(rest); break;
            case ["dotnet", "build" or "test" or "pack", .. var rest]: Paths(rest); break;
            case ["dotnet", "add", "package", var id]: Package(id); break;
            case ["dotnet", "nuget", "add", "source", var folder, "--name", _]: PackedTo(folder); break;
            case ["dotnet", "tool", "install", "--global", var id]: Package(id); break;
            case ["gogoscope", var verb, .. var rest]: Tool(verb, rest); break;
            case ["git", "clone", ..]: break;
            case ["cd", _]: break;
            case ["bash", var script, .. var rest]: Script(script, rest); break;
            case [var script, .. var rest] when script.Contains('/'): Script(script, rest); break;
            default: Assert.Fail($"The tests don't know the command \"{command}\": teach them, so that it can't rot."); break;
        }
    }

    private static IEnumerable<TestCaseData> Commands() =>
        from fence in MarkdownFiles.Fences()
        where fence.Language is "sh" or "bash"
        from numbered in fence.Text.Split('\n').Select((text, index) => (command: WithoutComment(text), line: fence.Line + index))
        where numbered.command.Length > 0
        select new TestCaseData(numbered.command).SetName($"{fence.File} line {numbered.line}: {numbered.command}");

    private static string WithoutComment(string text) => text.Split('#')[0].Trim();

    /// <summary>Options after "--" are the program's: each must stand somewhere in its sources.</summary>
    private static void Project(string[] words)
    {
        var separator = Array.IndexOf(words, "--");
        var own = separator < 0 ? words : words[..separator];
        var at = Array.IndexOf(own, "--project");
        Assert.That(at, Is.GreaterThanOrEqualTo(0), "dotnet run needs --project here: there is no project at the root.");
        var folder = own[at + 1];
        Assert.That(Repository.Files("*.csproj", folder), Is.Not.Empty, $"{folder} has no project.");

        var source = string.Concat(Repository.Files("*.cs", folder).Select(File.ReadAllText));
        foreach (var option in words[own.Length..].Where(word => word.StartsWith("--", StringComparison.Ordinal) && word.Length > 2))
            Assert.That(source, Does.Contain($"\"{option}\""), $"{folder} has no option {option}.");
    }

    private static void Paths(string[] words)
    {
        foreach (var path in words.Where(word => word.Contains('/') || word.EndsWith(".sln", StringComparison.Ordinal)))
            Assert.That(Path.Exists(Repository.PathOf(path)), $"{path} does not exist.");
    }

    private static void Package(string id) =>
        Assert.That(Repository.Files("*.csproj", "src", "tests").Select(File.ReadAllText), Has.Some.Contain($"<PackageId>{id}</PackageId>"), $"No project makes the package {id}.");

    /// <summary>Where <c>dotnet pack</c> puts what it makes.</summary>
    private static void PackedTo(string folder) =>
        Assert.That(Repository.Read("eng/packages/Packages.targets"), Does.Contain($"<PackageOutputPath>{folder.Trim('"').Replace("$PWD/artifacts", "$(ArtifactsPath)", StringComparison.Ordinal)}</PackageOutputPath>"));

    /// <summary>That it does what it should is shown in tests/Scope.Tool.Tests.</summary>
    private static void Tool(string verb, string[] words)
    {
        var source = string.Concat(Repository.Files("*.cs", "src/Scope.Tool").Select(File.ReadAllText));
        foreach (var word in words.TakeWhile(word => word != "--").Where(word => word.StartsWith('-')).Prepend(verb))
            Assert.That(source, Does.Contain($"\"{word}\""), $"gogoscope has no {word}.");
    }

    private static void Script(string script, string[] words)
    {
        var path = Repository.PathOf(script);
        Assert.That(path, Does.Exist);
        if (!OperatingSystem.IsWindows())
            Assert.That(File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute), $"{script} is not executable.");

        var source = File.ReadAllText(path);
        foreach (var option in words.Where(word => word.StartsWith('-')))
            Assert.That(source, Does.Contain(option), $"{script} has no option {option}.");
    }
}
