using System.Reflection;
using BenchmarkDotNet.Attributes;
using GoGoScope.Benchmarks.Measuring;
using GoGoScope.Benchmarks.Workloads;

namespace GoGoScope.Benchmarks.Tests;

/// <summary>Every benchmark runs and passes its own check; nothing is timed here.</summary>
[TestFixture]
public sealed class WorkloadTests
{
    // Four for each task, where there are most of them.
    private const int FewOperations = 1_024;

    [TestCaseSource(nameof(Benchmarks))]
    [CancelAfter(60_000)]
    public async Task A_benchmark_does_its_work_and_excludes(Type type, MethodInfo benchmark)
    {
        var workload = (Workload)Activator.CreateInstance(type)!;
        workload.Operations = FewOperations;
        Call<GlobalSetupAttribute>(workload);
        Call<IterationSetupAttribute>(workload);
        if (benchmark.Invoke(workload, null) is Task running) await running;
        Call<IterationCleanupAttribute>(workload);
        Call<GlobalCleanupAttribute>(workload);
    }

    [Test]
    public void Every_workload_is_in_the_table() =>
        Assert.That(AllWorkloads.Types, Is.EquivalentTo(
            from type in typeof(Workload).Assembly.GetTypes()
            where type.IsSubclassOf(typeof(Workload)) && !type.IsAbstract
            select type));

    [TestCaseSource(typeof(AllWorkloads), nameof(AllWorkloads.Types))]
    public void A_workload_has_a_row_and_a_baseline_to_compare_with(Type type)
    {
        Assert.That(type.GetCustomAttribute<RowAttribute>(), Is.Not.Null);
        Assert.That(
            MarkedWith<BenchmarkAttribute>(type).Select(method => Enum.Parse<Variant>(method.Name)),
            Is.SupersetOf(new[] { Variant.Baseline, Variant.WithGoGoScope }));
    }

    private static IEnumerable<TestCaseData> Benchmarks() =>
        from type in AllWorkloads.Types
        from method in MarkedWith<BenchmarkAttribute>(type)
        select new TestCaseData(type, method).SetName($"{type.Name}.{method.Name} does its work and excludes");

    private static void Call<TAttribute>(Workload workload) where TAttribute : Attribute
    {
        foreach (var method in MarkedWith<TAttribute>(workload.GetType())) method.Invoke(workload, null);
    }

    private static IEnumerable<MethodInfo> MarkedWith<TAttribute>(Type type) where TAttribute : Attribute =>
        type.GetMethods().Where(method => method.IsDefined(typeof(TAttribute)));
}
