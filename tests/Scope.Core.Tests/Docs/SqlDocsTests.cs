using System.Data.Common;
using GoGoScope.Persistence.MySql;
using GoGoScope.Persistence.Postgres;
using GoGoScope.Testing;
using Npgsql;
#if !WITHOUT_MYSQLCONNECTOR
using MySqlConnector;
#endif

namespace GoGoScope.Tests.Docs;

/// <summary>What the pages have somebody say to a server without this library, said to it.</summary>
[TestFixture]
public sealed class SqlDocsTests
{
    private readonly string _key = $"docs:{Guid.NewGuid():N}";

    [Test]
    public async Task Who_looks_into_PostgreSql_sees_who_has_a_key_and_which_tables_are_fast()
    {
        var server = await TestServer.Postgres.ConnectionAsync();
        await using var provider = new PostgresLockProvider(server);
        await provider.EnsureSchemaAsync();
        await using var fast = new PostgresLockProvider(server, new PostgresStoreOptions { Durability = PostgresDurability.Fast, Table = "fast_locks" });
        await fast.EnsureSchemaAsync();
        await using var database = NpgsqlDataSource.Create(server);
        await using var scope = Scope.Create(new ScopeOptions { LockProvider = provider });
        await using var guard = await scope.AcquireLockAsync(_key);

        var said = Typed("postgres.md", "=> ");
        Assert.That(said, Has.Length.EqualTo(3));
        var held = (await AskAsync(database, said[0])).Single(row => row["key"] as string == $"lock:{_key}");
        CheckHeld(held, guard);
        var holder = (await AskAsync(database, said[1])).Single(row => row["key"] as string == $"lock:{_key}");
        Assert.That(holder["mode"], Is.EqualTo("exclusive"));
        Assert.That(held["record"], Does.Contain($"\"owner\":\"{holder["owner"]}\"").And.Contains($"\"expires\":\"{holder["until"]}\""));
        Assert.That((await AskAsync(database, said[2])).Select(row => row["locks"]), Does.Contain("fast_locks"));
    }

    [Test]
    public async Task Who_updates_in_PostgreSql_with_an_older_token_changes_nothing()
    {
        var schema = $"docs_{Guid.NewGuid():N}";
        await using var database = NpgsqlDataSource.Create($"{await TestServer.Postgres.ConnectionAsync()};Search Path={schema}");
        await ExecuteAsync(database, $"CREATE SCHEMA {schema}");
        await OlderTokensChangeNothingAsync(database);
    }

#if !WITHOUT_MYSQLCONNECTOR
    [Test]
    public async Task Who_looks_into_MariaDb_sees_who_has_a_key()
    {
        var server = await TestServer.MariaDb.ConnectionAsync();
        await using var provider = new MySqlLockProvider(server);
        await provider.EnsureSchemaAsync();
        await using var database = new MySqlDataSource(server);
        await using var scope = Scope.Create(new ScopeOptions { LockProvider = provider });
        await using var guard = await scope.AcquireLockAsync(_key);

        CheckHeld((await AskAsync(database, Typed("mysql.md", "> ").Single())).Single(row => row["name"] as string == $"lock:{_key}"), guard);
    }

    [Test]
    public async Task Who_updates_in_MariaDb_with_an_older_token_changes_nothing()
    {
        var server = new MySqlConnectionStringBuilder(await TestServer.MariaDb.ConnectionAsync());
        await using (var all = new MySqlDataSource(server.ConnectionString)) await ExecuteAsync(all, $"CREATE DATABASE {server.Database = $"docs_{Guid.NewGuid():N}"}");
        await using var database = new MySqlDataSource(server.ConnectionString);
        await OlderTokensChangeNothingAsync(database);
    }
#endif

    private static void CheckHeld(Dictionary<string, object> row, LockGuard guard)
    {
        Assert.That(row["record"], Does.StartWith("{\"holders\":[{").And.Contains("\"token\":0,"));
        Assert.That(row["fence"], Is.EqualTo(guard.FencingToken), "which 0 stands for");
    }

    private static async Task OlderTokensChangeNothingAsync(DbDataSource database)
    {
        await ExecuteAsync(database, "CREATE TABLE shelf (id int PRIMARY KEY, amount int NOT NULL)");
        await ExecuteAsync(database, "INSERT INTO shelf (id, amount) VALUES (42, 1), (43, 1)");
        var said = MarkdownFiles.Fences().Single(fence => fence.File.EndsWith("guarantees.md", StringComparison.Ordinal) && fence.Language == "sql").Text.Split("\n\n");
        Assert.That(said, Has.Length.EqualTo(2));
        await ExecuteAsync(database, said[0]);
        Assert.That(await ExecuteAsync(database, said[1], ("amount", 7), ("token", 5L)), Is.EqualTo(1));
        Assert.That(await ExecuteAsync(database, said[1], ("amount", 8), ("token", 4L)), Is.Zero);
        Assert.That(await ExecuteAsync(database, said[1], ("amount", 7), ("token", 5L)), Is.EqualTo(1), "the same once more");
        Assert.That((await AskAsync(database, "SELECT amount FROM shelf ORDER BY id")).Select(row => row["amount"]), Is.EqualTo([7, 1]));
    }

    /// <summary>The statements behind a client's prompt, each to its semicolon.</summary>
    private static string[] Typed(string page, string prompt) =>
        [.. MarkdownFiles.Fences().Where(fence => fence.File.EndsWith(page, StringComparison.Ordinal) && fence.Language == "text")
            .SelectMany(fence => $"\n{fence.Text}".Split($"\n{prompt}").Skip(1)).Select(typed => typed[..typed.IndexOf(';', StringComparison.Ordinal)])];

    private static async Task<int> ExecuteAsync(DbDataSource database, string text, params (string Name, object Value)[] parameters)
    {
        await using var command = database.CreateCommand(text);
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }
        return await command.ExecuteNonQueryAsync();
    }

    private static async Task<List<Dictionary<string, object>>> AskAsync(DbDataSource database, string text)
    {
        await using var command = database.CreateCommand(text);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<Dictionary<string, object>>();
        while (await reader.ReadAsync()) rows.Add(Enumerable.Range(0, reader.FieldCount).ToDictionary(reader.GetName, reader.GetValue));
        return rows;
    }
}
