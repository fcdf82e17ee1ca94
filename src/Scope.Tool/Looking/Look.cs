using System.CommandLine;

namespace GoGoScope.Tool;

/// <summary>What the commands that look into a store have in common.</summary>
internal static class Look
{
    internal static Option<bool> JsonOption() => new("--json") { Description = "JSON, for programs." };

    /// <summary>Opens the store for <paramref name="work"/>, which is told of by what it can't do.</summary>
    /// <exception cref="ToolException">The store can't be used.</exception>
    internal static async Task<int> AtAsync(StorePlace place, Func<LeasedLockProvider, Task> work)
    {
        var provider = await OpenStore.AtAsync(place, new LeaseOptions(), CancellationToken.None).ConfigureAwait(false);
        await using (provider.ConfigureAwait(false))
        {
            try
            {
                await work(provider).ConfigureAwait(false);
                return ExitCode.Ok;
            }
            // What a store can't do: keys that are spread over the nodes of a cluster can't be listed.
            catch (Exception e) when (e is LockProviderException or NotSupportedException)
            {
                throw new ToolException(ExitCode.NoStore, e.Message, e);
            }
            // What the provider lets through: of a record that is no text, say. The output has exceptions of its own.
            catch (Exception e) when (e is not (ToolException or BrokenPipeException))
            {
                throw new ToolException(ExitCode.NoStore, $"{place.Address}: {e.GetType().Name}: {e.Message}", e);
            }
        }
    }
}
