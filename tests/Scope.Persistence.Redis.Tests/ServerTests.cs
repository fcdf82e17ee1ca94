namespace GoGoScope.Persistence.Redis.Tests;

/// <summary>What the tests of stores build on: servers that start, stop and leave nothing behind.</summary>
[TestFixture]
public sealed class ServerTests
{
    [Test]
    public async Task A_server_can_be_stopped_killed_and_started_again_where_it_was()
    {
        await using var server = await TestServer.Redis.StartOwnAsync();
        var connection = server.Connection;
        await server.StopAsync();
        await server.StartAsync();
        await server.KillAsync();
        await server.StartAsync();
        await server.PauseAsync();
        await server.ResumeAsync();
        Assert.That(server.Connection, Is.EqualTo(connection));
    }

    [Test]
    public async Task All_tests_share_one_server()
    {
        var connections = await Task.WhenAll(TestServer.Redis.ConnectionAsync(), TestServer.Redis.ConnectionAsync());
        Assert.That(connections[0], Is.EqualTo(connections[1]));
    }
}
