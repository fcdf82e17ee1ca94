using System.CommandLine;

namespace GoGoScope.Tool;

/// <summary><c>gogoscope list</c>: all keys that are held or waited for.</summary>
internal static class ListCommand
{
    private const string Description = """
        Shows all locks that are held or waited for: by whom, with which fencing token, and how long the lease lasts unless
        it is renewed. Where an application says in its store's options where the locks are, the address has to say it, too.

        Examples:
          gogoscope list
          gogoscope list nightly- --store redis://cache.example:6379 --json
          gogoscope list --store 'redis://cache.example:6379?KeyPrefix=shop:'
          gogoscope list --store 'postgres://ada@db.example/shop?Schema=locks&Table=shop_locks'
        """;

    internal static Command Create()
    {
        var store = StoreOption.Create();
        var json = Look.JsonOption();
        var prefix = new Argument<string>("PREFIX") { Description = "Only keys that begin with this.", DefaultValueFactory = _ => "" };
        var command = new Command("list", Description) { prefix, store, json };
        command.SetAction(parsed =>
        {
            var place = StoreOption.Resolve(parsed.GetValue(store));
            return Look.AtAsync(place, async provider =>
            {
                var found = await provider.InspectAllAsync(parsed.GetValue(prefix)!).ToListAsync().ConfigureAwait(false);
                found.Sort((left, right) => string.CompareOrdinal(left.Key, right.Key));
                var output = parsed.InvocationConfiguration.Output;
                if (parsed.GetValue(json)) await output.WriteLineAsync(LockInspection.ToJson(found)).ConfigureAwait(false);
                else if (found.Count == 0) await output.WriteLineAsync($"No lock is held or waited for: {place}.").ConfigureAwait(false);
                else await output.WriteAsync(LockInspection.ToTable(found)).ConfigureAwait(false);
            });
        });
        return command;
    }
}
