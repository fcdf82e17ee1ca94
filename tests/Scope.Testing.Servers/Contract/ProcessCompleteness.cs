using System.Reflection;

namespace GoGoScope.Testing;

/// <summary>Finds the suites of the contract of processes that the tests of a store have left out.</summary>
public static class ProcessCompleteness
{
    /// <summary>The suites for every store: the generic abstract classes over <see cref="ProcessContract{THarness}"/>.</summary>
    public static IReadOnlyList<Type> Suites { get; } = [.. ContractCompleteness.SuitesOf(typeof(ProcessContract<>)).Where(suite => suite != typeof(OwnServerContract<>))];

    /// <summary>The suites for stores that have a server: the generic abstract classes over <see cref="OwnServerContract{THarness}"/>.</summary>
    public static IReadOnlyList<Type> ServerSuites { get; } = ContractCompleteness.SuitesOf(typeof(OwnServerContract<>));

    /// <summary>"suite of harness" for every combination that no fixture of <paramref name="tests"/> runs.</summary>
    public static IEnumerable<string> MissingIn(Assembly tests)
    {
        ArgumentNullException.ThrowIfNull(tests);
        var types = tests.GetTypes();
        return ContractCompleteness.MissingIn(types, typeof(ProcessHarness), Suites)
            .Concat(ContractCompleteness.MissingIn(types, typeof(ServerProcessHarness), ServerSuites));
    }
}
