using System.CommandLine;

namespace GoGoScope.Tool;

/// <summary><c>gogoscope show</c>: one key.</summary>
internal static class ShowCommand
{
    private const string Description = """
        Shows who holds one lock and who waits for it.

        Examples:
          gogoscope show nightly-backup
          gogoscope show nightly-backup --json
        """;

    internal static Command Create()
    {
        var key = KeyArgument.Create("The lock's name.", ArgumentArity.ExactlyOne);
        var store = StoreOption.Create();
        var json = Look.JsonOption();
        var command = new Command("show", Description) { key, store, json };
        command.SetAction(parsed => Look.AtAsync(StoreOption.Resolve(parsed.GetValue(store)), async provider =>
        {
            var found = await provider.InspectAsync(parsed.GetValue(key)!).ConfigureAwait(false);
            await parsed.InvocationConfiguration.Output.WriteLineAsync(parsed.GetValue(json) ? found.ToJson() : found.ToString()).ConfigureAwait(false);
        }));
        return command;
    }
}
