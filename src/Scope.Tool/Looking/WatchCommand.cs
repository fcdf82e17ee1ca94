using System.CommandLine;

namespace GoGoScope.Tool;

/// <summary><c>gogoscope watch</c>: what becomes of one key or of all.</summary>
internal static class WatchCommand
{
    private static readonly TimeSpan DefaultPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private const string Description = """
        Follows one lock, or all: shows who holds it and who waits now, and again each time when that has changed, until
        Ctrl+C. What comes and goes between two looks is not seen. A TIME is a number with its unit, ms, s, m or h.

        Examples:
          gogoscope watch
          gogoscope watch nightly-backup --every 200ms
          gogoscope watch --json            (each change is a line of JSON)
        """;

    internal static Command Create()
    {
        var key = KeyArgument.Create("The lock's name; all if it is left out.", ArgumentArity.ZeroOrOne);
        var store = StoreOption.Create();
        var every = Options.Time(
            "--every", $"How long it pauses between two looks: from {Duration.Format(ShortestPause)} to {Duration.Format(LongestPause)}, by default {Duration.Format(DefaultPause)}.", ShortestPause, LongestPause);
        var json = Look.JsonOption();
        var command = new Command("watch", Description) { key, store, every, json };
        command.SetAction(parsed => Look.AtAsync(StoreOption.Resolve(parsed.GetValue(store)), provider =>
        {
            var changes = new KeyChanges(provider, parsed.GetValue(key));
            return FollowAsync(changes, parsed.GetValue(every) ?? DefaultPause, parsed.GetValue(json), parsed.InvocationConfiguration.Output);
        }));
        return command;
    }

    private static async Task FollowAsync(KeyChanges changes, TimeSpan pause, bool asJson, TextWriter output)
    {
        while (true)
        {
            foreach (var change in await changes.NextAsync().ConfigureAwait(false))
                await output.WriteLineAsync(asJson ? change.ToJson() : $"{change.At.ToLocalTime():HH:mm:ss} {change}").ConfigureAwait(false);
            await output.FlushAsync().ConfigureAwait(false);
            await Task.Delay(pause, TimeProvider.System).ConfigureAwait(false);
        }
    }
}
