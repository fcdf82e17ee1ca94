namespace GoGoScope.Persistence.MySql.Tests;

public sealed class ServerTests() : TestServerContract(TestServer.MariaDb);
