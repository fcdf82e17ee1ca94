namespace GoGoScope.Persistence.Postgres.Tests;

public sealed class ServerTests() : TestServerContract(TestServer.Postgres);
