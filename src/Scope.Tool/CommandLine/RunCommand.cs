using System.CommandLine;
using System.CommandLine.Parsing;

namespace GoGoScope.Tool;

/// <summary><c>gogoscope run</c>: a program under a lock.</summary>
internal static class RunCommand
{
    internal const string Name = "run";

    private const string Description = """
        Waits for a lock, runs a program under it, and releases it when the program ends.

        The program has the standard streams, the signals and the environment of gogoscope, and in addition
        GOGOSCOPE_KEY and GOGOSCOPE_FENCING_TOKEN, a number that is higher each time the lock is granted (with --read
        one that no other has). If the lock is lost, because the store could not be reached for too long, say, or somebody
        has taken it away, the program is ended with all that it has started; and so it is if gogoscope is killed. If a signal
        ends the program, what it has started is ended, too, before the lock is released.

        A TIME is a number with its unit, ms, s, m or h: 500ms, 30s, 2m, 1h.

        Examples:
          gogoscope run --key nightly-backup -- ./backup.sh --full
          gogoscope run --key nightly-backup --wait 10s -- ./backup.sh --full
          gogoscope run --key reports --read -- ./report.sh          (together with others that say --read)
          gogoscope run --key deploy --store postgres://ada@db.example/shop --ttl 1m -- ./deploy.sh

        Exit code: the program's own; 128 and the number of the signal if one has killed it. Of gogoscope itself:
          112  the lock was not granted within --wait       115  a bad option
          113  the lock was lost, and the program ended     116  the program could not be supervised
          114  the store can't be used                      126, 127  the program can't be run, was not found
        """;

    /// <param name="args">All of the command line, whose end is the program.</param>
    internal static Command Create(params IReadOnlyList<string> args)
    {
        var key = Options.Text("--key", "KEY", "The lock's name. All who say the same one exclude each other.");
        key.Required = true;
        var store = StoreOption.Create();
        var timeToLive = Options.Time(
            "--ttl", "How long others wait for the lock if this machine crashes, and how long the store may be away before the program is ended: "
            + $"from {Duration.Format(RunSettings.ShortestTimeToLive)} to {Duration.Format(RunSettings.LongestTimeToLive)}, by default {Duration.Format(RunSettings.DefaultTimeToLive)}.",
            RunSettings.ShortestTimeToLive, RunSettings.LongestTimeToLive);
        var wait = Options.Time(
            "--wait", $"The longest wait for the lock: from 0, which tries once, to {Duration.Format(RunSettings.LongestWait)}; by default as long as it takes.",
            TimeSpan.Zero, RunSettings.LongestWait);
        var read = new Option<bool>("--read") { Description = "Holds the lock together with others that say --read; only those that don't are excluded." };
        var priority = Options.Number("--priority", "N", $"Who waits with a higher number goes first: from {int.MinValue} to {int.MaxValue}, by default 0.", int.MinValue, int.MaxValue);
        var grace = Options.Time(
            "--grace", "How long before the end of the lost lock the program is asked to end (TERM); what is left of it then is killed. "
            + $"From 0, which kills it at once, to a third of --ttl; by default that, but not more than {Duration.Format(RunSettings.MostDefaultGrace)}.",
            TimeSpan.Zero, RunSettings.LongestTimeToLive);
        var owner = Options.Text("--owner", "NAME", "Who holds the lock, as others see it. By default machine, process and program.");
        var notGranted = Options.Number("--conflict-exit-code", "N", $"The exit code if the lock is not granted within --wait: from 0 to {ExitCode.Highest}, by default {ExitCode.NotGranted}.", 0, ExitCode.Highest);
        var program = new Argument<string[]>("PROGRAM")
        {
            Description = "The program, and its arguments. All after -- is that, or after the first word that is no option.",
            Arity = ArgumentArity.OneOrMore,
            CaptureRemainingTokens = true,
        };

        var command = new Command(Name, Description) { key, store, timeToLive, wait, read, priority, grace, owner, notGranted, program };
        command.SetAction(parsed =>
        {
            var words = parsed.GetValue(program)!;
            RefuseOption(words, parsed.Tokens);
            words = Unsplit(words, args);
            var length = parsed.GetValue(timeToLive) ?? RunSettings.DefaultTimeToLive;
            return RunAsync(new RunSettings(StoreOption.Resolve(parsed.GetValue(store)), parsed.GetValue(key)!, words)
            {
                TimeToLive = length,
                Wait = parsed.GetValue(wait) ?? Timeout.InfiniteTimeSpan,
                Mode = parsed.GetValue(read) ? LockMode.Read : LockMode.Exclusive,
                Priority = parsed.GetValue(priority) ?? 0,
                Grace = GraceOf(parsed.GetValue(grace), length),
                Owner = parsed.GetValue(owner) ?? RunSettings.DefaultOwner(words[0]),
                NotGrantedCode = parsed.GetValue(notGranted) ?? ExitCode.NotGranted,
            });
        });
        return command;
    }

    /// <summary>What looks like an option and stands before -- was meant for gogoscope, which doesn't know it.</summary>
    private static void RefuseOption(string[] words, IReadOnlyList<Token> tokens)
    {
        var afterDashes = tokens.SkipWhile(token => token.Type != TokenType.DoubleDash).Skip(1).Count();
        if (words.Length > afterDashes && words[0].StartsWith('-'))
            throw new ToolException(ExitCode.BadInput, $"gogoscope run has no option {Said.Quoted(words[0])}. See gogoscope run --help.");
    }

    /// <summary>The words as they were given: without -- the parser has made two of one such as --key=x, and --key of --key=, though they are the program's.</summary>
    private static string[] Unsplit(string[] words, IReadOnlyList<string> args)
    {
        var first = args.Count;
        for (var left = words.Length; left > 0; left--)
        {
            first--;
            if (left > 1 && IsBoth(args[first], words[left - 2], words[left - 1])) left--;
        }
        return [.. args.Skip(first)];
    }

    private static bool IsBoth(string given, string name, string value) =>
        given.Length == name.Length + 1 + value.Length && given.StartsWith(name, StringComparison.Ordinal) && given.EndsWith(value, StringComparison.Ordinal);

    private static TimeSpan GraceOf(TimeSpan? given, TimeSpan timeToLive)
    {
        var grace = given ?? RunSettings.DefaultGrace(timeToLive);
        var longest = RunSettings.LongestGrace(timeToLive);
        return grace <= longest
            ? grace
            : throw new ToolException(ExitCode.BadInput, $"--grace must be at most a third of --ttl, {Duration.Format(longest)}, not \"{Duration.Format(grace)}\".");
    }

    private static Task<int> RunAsync(RunSettings settings) => OperatingSystem.IsLinux()
        ? new LockedRun(settings).RunAsync()
        : throw new ToolException(ExitCode.NotSupervised, "gogoscope run needs Linux: elsewhere nothing sees to it that a program ends with its lock.");
}
