using System.Reflection;

namespace GoGoScope.Testing;

/// <summary>Finds the suites of the contract that a provider's tests have left out.</summary>
public static class ContractCompleteness
{
    /// <summary>Every suite of the contract: the generic abstract classes over <see cref="LockProviderContract{THarness}"/>.</summary>
    public static IReadOnlyList<Type> Suites { get; } =
        [.. typeof(LockProviderHarness).Assembly.GetTypes().Where(type => type is { IsAbstract: true, IsGenericTypeDefinition: true } && IsSuite(type))];

    /// <summary>"suite of harness" for every combination that no fixture of <paramref name="tests"/> runs.</summary>
    public static IEnumerable<string> MissingIn(Assembly tests)
    {
        ArgumentNullException.ThrowIfNull(tests);
        var types = tests.GetTypes();
        var harnesses = types.Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(LockProviderHarness)));
        return from harness in harnesses
               from suite in Suites
               let wanted = suite.MakeGenericType(harness)
               where !types.Any(type => !type.IsAbstract && type.IsSubclassOf(wanted))
               select $"{suite.Name.Split('`')[0]} of {harness.Name}";
    }

    private static bool IsSuite(Type type) =>
        type.BaseType is { IsGenericType: true } parent && parent.GetGenericTypeDefinition() == typeof(LockProviderContract<>);
}
