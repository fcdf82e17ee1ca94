using System.Text.RegularExpressions;

namespace GoGoScope.Tool.Tests;

/// <summary>The commands of docs/tool.md, run as they stand there.</summary>
[TestFixture]
[Parallelizable]
[Platform("Linux")]
[CancelAfter(60_000)]
public sealed partial class DocsTests
{
    private static readonly string Page = Path.Combine(Root(), "docs", "tool.md");

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("gogoscope-");

    [OneTimeSetUp]
    public void MakePrograms()
    {
        foreach (var name in new[] { "backup.sh", "report.sh", "deploy.sh" }) MakeScript(name, "echo $0 $*");
        MakeScript("gogoscope", $"exec {string.Join(' ', ToolProcess.Command.Select(word => $"'{word}'"))} \"$@\"");
    }

    [OneTimeTearDown]
    public void Delete() => _directory.Delete(recursive: true);

    [TestCaseSource(nameof(Commands))]
    public async Task A_command_does_what_it_should(string command)
    {
        if (command.Contains("redis://", StringComparison.Ordinal)) command = command.Replace("localhost:6379", await TestServer.Redis.ConnectionAsync());
        await using var tool = ToolProcess.StartCommand(
            ["sh", "-c", $"cd '{_directory.FullName}' && {command}"],
            ("GOGOSCOPE_STORE", $"file://{_directory.FullName}/locks"), ("PATH", $"{_directory.FullName}:{Environment.GetEnvironmentVariable("PATH")}"));

        var result = await tool.EndAsync();

        Assert.That((result.ExitCode, result.Errors), Is.EqualTo((0, "")));
        Assert.That(result.Output, Is.Not.Empty);
    }

    [Test]
    public void The_options_of_run_are_those_of_the_page()
    {
        var table = OptionRow().Matches(File.ReadAllText(Page)).Select(row => row.Groups["name"].Value).Distinct();

        Assert.That(table, Is.EquivalentTo(RunCommand.Create().Options.Select(option => option.Name)));
    }

    [TestCase("--ttl", "500ms", "24h", "30s")]
    [TestCase("--wait", "0", "720h", "as long as it takes")]
    [TestCase("--priority", "-2147483648", "2147483647", "0")]
    [TestCase("--grace", "0", "a third of", "5s")]
    [TestCase("--conflict-exit-code", "0", "255", "112")]
    public void The_range_of_an_option_and_what_it_is_by_default_stand_on_the_page_and_in_the_help(string name, string least, string most, string byDefault)
    {
        var row = File.ReadLines(Page).Single(line => line.StartsWith($"| `{name} ", StringComparison.Ordinal));
        var help = RunCommand.Create().Options.Single(option => option.Name == name).Description;

        Assert.That(row, Does.Contain($"| {byDefault}").And.Match($"from `{least}`.* to `?{most}"));
        Assert.That(help, Does.Match($"[Ff]rom {least}\\b.* to {most}.* by default .*{byDefault}"));
    }

    /// <summary>All but those that don't end; that their options exist is tested with all pages.</summary>
    private static IEnumerable<string> Commands() =>
        from fence in Fence().Matches(File.ReadAllText(Page))
        from line in fence.Groups["text"].Value.Split('\n')
        let command = line.Split('#')[0].Trim()
        where command.StartsWith("gogoscope ", StringComparison.Ordinal) && !command.StartsWith("gogoscope watch", StringComparison.Ordinal)
        select command;

    private void MakeScript(string name, string text)
    {
        var file = Path.Combine(_directory.FullName, name);
        File.WriteAllText(file, $"#!/bin/sh\n{text}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    internal static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "GoGoScope.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    [GeneratedRegex(@"^```sh\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^\| `(?<name>--[a-z-]+)[^`]*` \|", RegexOptions.Multiline)]
    private static partial Regex OptionRow();
}
