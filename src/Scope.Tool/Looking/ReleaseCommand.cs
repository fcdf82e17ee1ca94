using System.CommandLine;

namespace GoGoScope.Tool;

/// <summary><c>gogoscope release</c>: takes a key from a holder who can't be ended otherwise.</summary>
internal static class ReleaseCommand
{
    private const string Description = """
        Takes a lock from whoever holds it, and gives it to whoever waits first.

        Dangerous: the holder goes on working until it hears of that, beside the next one. A program that was started by
        gogoscope run is ended when it hears of it, at the latest after a third of its --ttl. If the holder can be ended, end
        it instead: then its lock is released by itself, or when its lease ends.

        Example:
          gogoscope release nightly-backup --force
        """;

    internal static Command Create()
    {
        var key = KeyArgument.Create("The lock's name.", ArgumentArity.ExactlyOne);
        var store = StoreOption.Create();
        var force = new Option<bool>("--force") { Description = "Says that you know that." };
        var json = Look.JsonOption();
        json.Description = "JSON, for programs: the lock as it was before.";
        var command = new Command("release", Description) { key, store, force, json };
        command.SetAction(parsed =>
        {
            var name = parsed.GetValue(key)!;
            if (!parsed.GetValue(force))
                throw new ToolException(ExitCode.BadInput, $"release takes {Said.Quoted(name)} from a holder that may still work under it: say --force if you mean that. See gogoscope release --help.");
            return Look.AtAsync(StoreOption.Resolve(parsed.GetValue(store)), async provider =>
            {
                var was = await provider.ForceReleaseAsync(name).ConfigureAwait(false);
                await parsed.InvocationConfiguration.Output.WriteLineAsync(parsed.GetValue(json) ? was.ToJson() : Describe(was)).ConfigureAwait(false);
            });
        });
        return command;
    }

    private static string Describe(LockInspection was) => was switch
    {
        { Problem: { } problem } => $"Removed what stood there for {Said.Quoted(was.Key)}: {problem}",
        { Holders: [] } => $"Nobody holds {Said.Quoted(was.Key)}.",
        _ => string.Join('\n', was.Holders.Select(holder => $"{Said.Quoted(was.Key)} was taken from {holder}")),
    };
}
