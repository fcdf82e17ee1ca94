using System.Reflection;

namespace GoGoScope.Testing;

/// <summary>Finds the suites of the contract of processes that the tests of a store have left out.</summary>
public static class ProcessCompleteness
{
    /// <summary>Every suite: the generic abstract classes over <see cref="ProcessContract{THarness}"/> and <see cref="OwnServerContract{THarness}"/>.</summary>
    public static IReadOnlyList<Type> Suites { get; } =
    [
        .. ContractCompleteness.SuitesOf(typeof(ProcessContract<>)).Where(suite => suite != typeof(OwnServerContract<>)),
        .. ContractCompleteness.SuitesOf(typeof(OwnServerContract<>)),
    ];

    /// <summary>"suite of harness" for every combination that no fixture of <paramref name="tests"/> runs.</summary>
    public static IEnumerable<string> MissingIn(Assembly tests)
    {
        ArgumentNullException.ThrowIfNull(tests);
        return ContractCompleteness.MissingIn(tests.GetTypes(), typeof(ProcessHarness), Suites);
    }
}
