using GoGoScope.Persistence.MySql;
using GoGoScope.Persistence.Postgres;

namespace GoGoScope.Tests.Docs;

/// <summary>Who may create tables reads the script in the docs, and need not run a program to have it.</summary>
[TestFixture]
public sealed class SchemaScriptTests
{
    [Test]
    public void That_of_PostgreSql_is_the_one_that_is_printed() => Check("postgres.md", PostgresLockStore.CreateSchemaScript());

    [Test]
    public void That_of_fast_locks_is_the_one_that_is_printed() =>
        Check("postgres.md", PostgresLockStore.CreateSchemaScript(new PostgresStoreOptions { Durability = PostgresDurability.Fast }));

    [Test]
    public void That_of_MySql_is_the_one_that_is_printed() => Check("mysql.md", MySqlLockStore.CreateSchemaScript());

    private static void Check(string page, string script) =>
        Assert.That(MarkdownFiles.Fences().Where(fence => fence.File.EndsWith(page, StringComparison.Ordinal) && fence.Language == "sql").Select(static fence => fence.Text), Does.Contain(script.TrimEnd()), script);
}
