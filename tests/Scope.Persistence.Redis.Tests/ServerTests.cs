namespace GoGoScope.Persistence.Redis.Tests;

public sealed class ServerTests() : TestServerContract(TestServer.Redis);
