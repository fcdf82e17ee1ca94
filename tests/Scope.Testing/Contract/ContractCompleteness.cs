using System.Reflection;

namespace GoGoScope.Testing;

/// <summary>Finds the suites of the contracts that the tests of a provider or a store have left out.</summary>
public static class ContractCompleteness
{
    /// <summary>Every suite of the providers' contract: the generic abstract classes over <see cref="LockProviderContract{THarness}"/>.</summary>
    public static IReadOnlyList<Type> Suites { get; } = SuitesOf(typeof(LockProviderContract<>));

    /// <summary>Every suite of the stores' contract: the generic abstract classes over <see cref="LockStoreContract{THarness}"/>.</summary>
    public static IReadOnlyList<Type> StoreSuites { get; } = SuitesOf(typeof(LockStoreContract<>));

    /// <summary>"suite of harness" for every combination that no fixture of <paramref name="tests"/> runs.</summary>
    public static IEnumerable<string> MissingIn(Assembly tests)
    {
        ArgumentNullException.ThrowIfNull(tests);
        var types = tests.GetTypes();
        return MissingIn(types, typeof(LockProviderHarness), Suites)
            .Concat(MissingIn(types, typeof(LockStoreHarness), StoreSuites));
    }

    internal static IEnumerable<string> MissingIn(Type[] types, Type harnessBase, IEnumerable<Type> suites) =>
        from harness in types
        where !harness.IsAbstract && harness.IsSubclassOf(harnessBase)
        from suite in suites
        let wanted = suite.MakeGenericType(harness)
        where !types.Any(type => !type.IsAbstract && type.IsSubclassOf(wanted))
        select $"{suite.Name.Split('`')[0]} of {harness.Name}";

    internal static IReadOnlyList<Type> SuitesOf(Type contract) =>
    [
        .. contract.Assembly.GetTypes().Where(type =>
            type is { IsAbstract: true, IsGenericTypeDefinition: true, BaseType.IsGenericType: true } && type.BaseType.GetGenericTypeDefinition() == contract),
    ];
}
