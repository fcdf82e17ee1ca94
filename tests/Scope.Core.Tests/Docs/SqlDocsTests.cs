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
    public async Task Who_is_late_in_PostgreSql_changes_nothing_and_nothing_is_sold_twice()
    {
        var schema = $"docs_{Guid.NewGuid():N}";
        await using var database = NpgsqlDataSource.Create($"{await TestServer.Postgres.ConnectionAsync()};Search Path={schema}");
        await ExecuteAsync(database, $"CREATE SCHEMA {schema}");
        await CheckFencingAsync(database);
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
    public async Task Who_is_late_in_MariaDb_changes_nothing_and_nothing_is_sold_twice()
    {
        var server = new MySqlConnectionStringBuilder(await TestServer.MariaDb.ConnectionAsync());
        await using (var all = new MySqlDataSource(server.ConnectionString)) await ExecuteAsync(all, $"CREATE DATABASE {server.Database = $"docs_{Guid.NewGuid():N}"}");
        await using var database = new MySqlDataSource(server.ConnectionString);
        await CheckFencingAsync(database);
    }
#endif

    private static void CheckHeld(Dictionary<string, object> row, LockGuard guard)
    {
        Assert.That(row["record"], Does.StartWith("{\"holders\":[{").And.Contains("\"token\":0,"));
        Assert.That(row["fence"], Is.EqualTo(guard.FencingToken), "which 0 stands for");
    }

    private static async Task CheckFencingAsync(DbDataSource database)
    {
        await ExecuteAsync(database, "CREATE TABLE shelf (id int PRIMARY KEY, amount int NOT NULL)");
        await ExecuteAsync(database, "INSERT INTO shelf (id, amount) VALUES (42, 10), (43, 10)");
        var said = MarkdownFiles.Fences().Single(fence => fence.File.EndsWith("guarantees.md", StringComparison.Ordinal) && fence.Language == "sql").Text.Split("\n\n");
        Assert.That(said, Has.Length.EqualTo(4));
        await ExecuteAsync(database, said[0]);
        var (open, read, write) = (said[1], said[2], said[3]);

        Assert.That(await ExecuteAsync(database, write, ("amount", 1), ("token", 99L)), Is.Zero, "it was not opened");
        Assert.That(await ExecuteAsync(database, open, ("token", 100L)), Is.EqualTo(1));
        Assert.That(await ExecuteAsync(database, open, ("token", 100L)), Is.EqualTo(1), "the same once more");
        Assert.That(await ExecuteAsync(database, open, ("token", 101L)), Is.EqualTo(1));
        Assert.That(await ExecuteAsync(database, write, ("amount", 9), ("token", 100L)), Is.Zero, "who has the token 101 has not written yet, but may have read");
        Assert.That(await ExecuteAsync(database, open, ("token", 100L)), Is.Zero);
        Assert.That(await ExecuteAsync(database, write, ("amount", 10), ("token", 101L)), Is.EqualTo(1), "the amount is the same as before, and the row counts all the same");
        Assert.That((await AskAsync(database, "SELECT amount FROM shelf WHERE id = 43")).Single()["amount"], Is.EqualTo(10));

        // The two holders of the page, whose three steps may come between each other's in any order.
        foreach (var order in OrdersOf(steps: 3))
        {
            await ExecuteAsync(database, "UPDATE shelf SET amount = 10, token = 0 WHERE id = 42");
            var (sold, reads, goOn) = (0, new int[2], new[] { true, true });
            foreach (var (holder, step) in order)
            {
                var token = ("token", (object)(100L + holder));
                if (!goOn[holder]) continue;
                if (step == 0) goOn[holder] = await ExecuteAsync(database, open, token) == 1;
                else if (step == 1) reads[holder] = (int)(await AskAsync(database, read)).Single()["amount"];
                else sold += await ExecuteAsync(database, write, ("amount", reads[holder] - 1), token);
            }
            var left = (int)(await AskAsync(database, read)).Single()["amount"];
            var steps = string.Join(' ', order.Select(at => $"{"AB"[at.Holder]}{at.Step}"));
            Assert.That((sold, left), Is.EqualTo((sold, 10 - sold)), steps);
            Assert.That(sold, Is.InRange(1, 2), steps);
        }
    }

    /// <summary>All the orders in which two can take as many steps each.</summary>
    private static IEnumerable<List<(int Holder, int Step)>> OrdersOf(int steps)
    {
        foreach (var order in Enumerable.Range(0, 1 << (2 * steps)).Where(bits => int.PopCount(bits) == steps))
        {
            var next = new int[2];
            yield return [.. Enumerable.Range(0, 2 * steps).Select(at => (order >> at) & 1).Select(holder => (holder, next[holder]++))];
        }
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
