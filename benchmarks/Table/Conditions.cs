using System.Runtime.InteropServices;
using GoGoScope.Benchmarks.Measuring;
using GoGoScope.Benchmarks.Stores;

namespace GoGoScope.Benchmarks.Table;

/// <summary>The line above the table: on what it was measured, and for how long.</summary>
internal static class Conditions
{
    internal static string Of(Plan plan) => Of(plan.Name, plan.Rounds);

    internal static string Of(StorePlan plan) => Of(plan.Name, plan.Rounds);

    private static string Of(string plan, int rounds) =>
        $"{Environment.ProcessorCount} cores ({RuntimeInformation.ProcessArchitecture}), {System}, {RuntimeInformation.FrameworkDescription}; "
        + $"{plan}: medians of {rounds} {(rounds == 1 ? "round" : "rounds")}.";

    private static string System => OperatingSystem.IsWindows() ? "Windows" : OperatingSystem.IsMacOS() ? "macOS" : "Linux";
}
