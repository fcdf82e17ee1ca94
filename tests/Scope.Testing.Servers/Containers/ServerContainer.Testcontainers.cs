using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Containers;

namespace GoGoScope.Testing;

/// <summary>What all of them have in common. The images are of the versions that the tests are written with.</summary>
internal static partial class ServerContainer
{
    /// <summary>Its image may have to be loaded first.</summary>
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(3);

    private static async Task<SharedServer> StartAsync<TContainer>(Func<TContainer> build, Func<TContainer, string> connection) where TContainer : IContainer
    {
        TContainer container;
        try
        {
            container = build();
        }
        catch (DockerUnavailableException e)
        {
            throw new InvalidOperationException($"Docker does not answer ({FirstLine(e)})", e);
        }
        try
        {
            using var end = new CancellationTokenSource(LongestStart);
            await container.StartAsync(end.Token);
            return new SharedServer(connection(container), container);
        }
        catch (Exception e)
        {
            await container.DisposeAsync();
            throw new InvalidOperationException($"its container {container.Image.FullName} does not start ({FirstLine(e)})", e);
        }
    }

    private static string FirstLine(Exception e) => e.Message.Split('\n')[0].Trim();
}
