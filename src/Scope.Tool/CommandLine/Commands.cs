using System.CommandLine;
using System.CommandLine.Invocation;

namespace GoGoScope.Tool;

/// <summary>The command line as a whole.</summary>
internal static class Commands
{
    private const string Description = $"""
        Runs programs under locks, and shows who holds them and who waits.

        A lock is a name, its key: of all who run something under the same key, one runs at a time. That holds for the
        processes of one user on one machine; with --store for all that name the same store.

        Examples:
          gogoscope run --key nightly-backup -- ./backup.sh --full
              runs the backup when no other one runs; waits for that as long as it takes

          gogoscope run --key nightly-backup --wait 0 -- ./backup.sh --full
              gives up at once if one runs, with exit code 112

          gogoscope run --key deploy --store redis://cache.example:6379 -- ./deploy.sh
              one at a time on all machines that use this Redis

          gogoscope list
              who holds what, and who waits
        """;

    /// <summary>Does what <paramref name="args"/> say. Returns the exit code.</summary>
    /// <exception cref="ToolException">It can't be done.</exception>
    internal static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand(Description) { HelpName = "gogoscope" };
        root.Add(RunCommand.Create(args));
        root.Add(ListCommand.Create());
        root.Add(ShowCommand.Create());
        root.Add(WatchCommand.Create());
        root.Add(ReleaseCommand.Create());
        // What begins with @ is a word like any other.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
        if (parsed.CommandResult.Command == root && args is [var word, ..] && !word.StartsWith('-'))
            throw new ToolException(ExitCode.BadInput, $"There is no command {Said.Quoted(word)}, but {string.Join(", ", root.Subcommands.Select(command => command.Name))}. See gogoscope --help.");
        if (parsed.Action is ParseErrorAction) throw new ToolException(ExitCode.BadInput, $"{parsed.Errors[0].Message} See gogoscope {(args is [var verb, ..] && root.Subcommands.Any(command => command.Name == verb) ? $"{verb} " : "")}--help.");
        // Signals are the commands' own.
        return await parsed.InvokeAsync(new InvocationConfiguration { Output = Output(), EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }).ConfigureAwait(false);
    }

    private static TextWriter Output() =>
        OperatingSystem.IsWindows() ? Console.Out : new StreamWriter(new StandardStream(StandardStream.Output)) { AutoFlush = true };
}
