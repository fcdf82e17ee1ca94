using System.Reflection;
using System.Runtime.CompilerServices;
using GoGoScope.Hosting;
#if !NO_MONGODB
using GoGoScope.Persistence.Mongo;
#endif
using GoGoScope.Persistence.MySql;
using GoGoScope.Persistence.Postgres;
using GoGoScope.Persistence.Redis;
using GoGoScope.Testing;
using GoGoScope.Tests.Run;

namespace GoGoScope.Tests.Conventions;

/// <summary>The public surface changes when somebody means it to: what it is stands in a file that reviewers see.</summary>
[TestFixture]
public sealed class PublicApiTests
{
    private const string UpdateVariable = "GOGOSCOPE_UPDATE_API";

    [TestCase(typeof(Scope), "Core")]
    [TestCase(typeof(ApplicationScope), "Hosting")]
    [TestCase(typeof(RedisLockStore), "Persistence.Redis")]
#if !NO_MONGODB
    [TestCase(typeof(MongoLockStore), "Persistence.Mongo")]
#endif
    [TestCase(typeof(PostgresLockStore), "Persistence.Postgres")]
    [TestCase(typeof(MySqlLockStore), "Persistence.MySql")]
    [TestCase(typeof(LockStoreHarness), "Testing")]
    public void It_is_as_agreed(Type one, string package) => Compare(one.Assembly, $"tests/Scope.Core.Tests/Conventions/PublicApi.{package}.txt");

    [Test]
    public void Lines_read_like_code()
    {
        var lines = PublicApi.Describe(typeof(PublicApiTests).Assembly).SkipWhile(line => !line.Contains(nameof(ApiSample<>), StringComparison.Ordinal)).TakeWhile(line => line.Length > 0);
        Assert.That(lines, Is.EqualTo(
        [
            "public abstract class ApiSample<T> : IAsyncDisposable where T : class, new()",
            "    protected ApiSample()",
            "    public required int Count { get; init; }",
            "    public ValueTask DisposeAsync()",
            "    public TimeSpan? Longest { get; }",
            "    [OverloadResolutionPriority(1)] public ValueTask<T> MakeAsync<TOther>(in TOther other, string? name = null, CancellationToken cancellationToken = default) where TOther : struct",
            "    public const int Most = 3",
            "    protected abstract string? Name { get; }",
            "    public IReadOnlyList<string?> Names { get; init; }",
            "    public override string ToString()",
        ]));
    }

    private static void Compare(Assembly assembly, string file)
    {
        var path = Repository.PathOf(file);
        var actual = PublicApi.Describe(assembly).Prepend($"# The public surface of {assembly.GetName().Name}. Written by the tests with {UpdateVariable}=1.").ToList();
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1") File.WriteAllText(path, string.Join('\n', actual) + "\n");

        var agreed = File.Exists(path) ? File.ReadAllLines(path) : [];
        Assert.That(
            actual.SequenceEqual(agreed),
            $"""
            The public surface is not the one in {file}.
            Gone:  {string.Join(Environment.NewLine + "       ", agreed.Except(actual))}
            New:   {string.Join(Environment.NewLine + "       ", actual.Except(agreed))}
            If that is meant: {UpdateVariable}=1 ./test.sh --filter {nameof(PublicApiTests)}, and review the file.
            """);
    }
}

/// <summary>A bit of everything, for the test above.</summary>
public abstract class ApiSample<T> : IAsyncDisposable where T : class, new()
{
    public const int Most = 3;

    public required int Count { get; init; }

    public IReadOnlyList<string?> Names { get; init; } = [];

    public TimeSpan? Longest { get; private set; }

    protected abstract string? Name { get; }

    [OverloadResolutionPriority(1)]
    public ValueTask<T> MakeAsync<TOther>(in TOther other, string? name = null, CancellationToken cancellationToken = default) where TOther : struct =>
        throw new NotSupportedException();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    public override string ToString() => "";
}
