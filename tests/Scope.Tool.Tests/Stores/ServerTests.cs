using System.Data.Common;
using System.Text.Json;
#if !NO_MONGODB
using GoGoScope.Persistence.Mongo;
#endif
using GoGoScope.Persistence.MySql;
using GoGoScope.Persistence.Postgres;
using GoGoScope.Persistence.Redis;

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

    [TestCase("redis", "KeyPrefix=shop:")]
    [TestCase("postgres", "Schema=shop%20tool&Table=locks&Durability=fast")]
#if !WITHOUT_MYSQLCONNECTOR
    [TestCase("mysql", "Table=shop_tool")]
#endif
#if !NO_MONGODB
    [TestCase("mongodb", "Collection=shop_tool")]
#endif
    public async Task Where_an_application_has_options_of_its_own_the_address_says_them(string scheme, string words)
    {
        var (store, key) = (await AddressAsync(scheme), $"tool-{Guid.NewGuid():N}");
        await using var provider = await ProviderAsync(scheme);
        await using var held = await new Lock(CancellationToken.None, new LockOptions { Provider = provider, Key = key, Owner = "ada" }).AcquireAsync();
        var there = $"{store}{(store.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{words}";

        using var seen = JsonDocument.Parse((await ToolProcess.RunAsync("list", key, "--store", there, "--json")).Output);
        var elsewhere = await ToolProcess.RunAsync("list", key, "--store", store);
        var refused = await ToolProcess.RunAsync("run", "--store", there, "--key", key, "--wait", "0", "--", "true");

        Assert.That(seen.RootElement.EnumerateArray().Single().GetProperty("holders").EnumerateArray().Single().GetProperty("owner").GetString(), Is.EqualTo("ada"));
        Assert.That(elsewhere.Output, Does.StartWith("No lock is held or waited for: ").And.Contain($", the default {words.Split('=')[0]}"));
        Assert.That(refused.ExitCode, Is.EqualTo(112), refused.Errors);
    }

    private static async Task<LeasedLockProvider> ProviderAsync(string scheme)
    {
        switch (scheme)
        {
            case "redis":
                return await RedisLockProvider.ConnectAsync(await TestServer.Redis.ConnectionAsync(), new RedisStoreOptions { KeyPrefix = "shop:" });
            case "postgres":
                var postgres = new PostgresLockProvider(await TestServer.Postgres.ConnectionAsync(), new PostgresStoreOptions { Schema = "shop tool", Table = "locks", Durability = PostgresDurability.Fast });
                await postgres.EnsureSchemaAsync();
                return postgres;
#if !NO_MONGODB
            case "mongodb":
                return new MongoLockProvider(await TestServer.Mongo.ConnectionAsync(), new MongoStoreOptions { Collection = "shop_tool" });
#endif
            default:
                var mysql = new MySqlLockProvider(await TestServer.MariaDb.ConnectionAsync(), new MySqlStoreOptions { Table = "shop_tool" });
                await mysql.EnsureSchemaAsync();
                return mysql;
        }
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
