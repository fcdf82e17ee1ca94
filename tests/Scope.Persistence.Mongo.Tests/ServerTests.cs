namespace GoGoScope.Persistence.Mongo.Tests;

public sealed class ServerTests() : TestServerContract(TestServer.Mongo);
