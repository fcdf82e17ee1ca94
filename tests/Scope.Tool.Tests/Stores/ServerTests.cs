using System.Data.Common;
using System.Text.Json;

namespace GoGoScope.Tool.Tests;

/// <summary>Each kind of server, by its address.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
[Platform("Linux")]
[CancelAfter(60_000)]
public sealed class ServerTests
{
    [TestCase("redis")]
    [TestCase("postgres")]
#if !WITHOUT_MYSQLCONNECTOR
    [TestCase("mysql")]
    [TestCase("mariadb")]
#endif
#if !NO_MONGODB
    [TestCase("mongodb")]
#endif
    public async Task A_program_runs_under_a_lock_that_others_see_there(string scheme)
    {
        var (store, key) = (await AddressAsync(scheme), $"tool-{Guid.NewGuid():N}");
        await using var tool = ToolProcess.Start("run", "--store", store, "--key", key, "--owner", "ada", "--", "sh", "-c", "echo ready; read line; exit 7");
        Assert.That(await tool.LineAsync(), Is.EqualTo("ready"));

        using var list = JsonDocument.Parse((await ToolProcess.RunAsync("list", key, "--store", store, "--json")).Output);
        var result = await tool.EndAsync();

        var found = list.RootElement.EnumerateArray().Single();
        Assert.That(found.GetProperty("key").GetString(), Is.EqualTo(key));
        Assert.That(found.GetProperty("holders").EnumerateArray().Select(holder => holder.GetProperty("owner").GetString()), Is.EqualTo(["ada"]));
        Assert.That((result.ExitCode, result.Errors), Is.EqualTo((7, "")));
        Assert.That((await ToolProcess.RunAsync("list", key, "--store", store, "--json")).Output, Is.EqualTo("[]\n"));
    }

    private static async Task<string> AddressAsync(string scheme) => scheme switch
    {
        "redis" => $"redis://{await TestServer.Redis.ConnectionAsync()}",
        "postgres" => Address(scheme, await TestServer.Postgres.ConnectionAsync(), "Host", "Username"),
        "mongodb" => await TestServer.Mongo.ConnectionAsync(),
        _ => Address(scheme, await TestServer.MariaDb.ConnectionAsync(), "Server", "User ID"),
    };

    private static string Address(string scheme, string connection, string host, string user)
    {
        var words = new DbConnectionStringBuilder { ConnectionString = connection };
        string After(string mark, string word) => words.TryGetValue(word, out var value) ? $"{mark}{Uri.EscapeDataString($"{value}")}" : "";
        return $"{scheme}://{After("", user)}{After(":", "Password")}@{words[host]}{After(":", "Port")}{After("/", "Database")}";
    }
}
