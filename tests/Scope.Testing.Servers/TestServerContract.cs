namespace GoGoScope.Testing;

/// <summary>What the tests of stores build on: servers that start, stop and leave nothing behind.</summary>
/// <param name="kind">The servers of one kind.</param>
public abstract class TestServerContract(TestServer kind)
{
    [Test]
    public async Task A_server_can_be_stopped_killed_and_started_again_where_it_was()
    {
        await using var server = await kind.StartOwnAsync();
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
        var connections = await Task.WhenAll(kind.ConnectionAsync(), kind.ConnectionAsync());
        Assert.That(connections[0], Is.EqualTo(connections[1]));
    }
}
