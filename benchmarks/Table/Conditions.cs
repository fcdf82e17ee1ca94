using System.Runtime.InteropServices;
using GoGoScope.Benchmarks.Measuring;

namespace GoGoScope.Benchmarks.Table;

/// <summary>The line above the table: on what it was measured, and for how long.</summary>
internal static class Conditions
{
    internal static string Of(Plan plan) =>
        $"{Environment.ProcessorCount} cores ({RuntimeInformation.ProcessArchitecture}), {System}, {RuntimeInformation.FrameworkDescription}; "
        + $"{plan.Name}: medians of {plan.Rounds} rounds.";

    private static string System => OperatingSystem.IsWindows() ? "Windows" : OperatingSystem.IsMacOS() ? "macOS" : "Linux";
}
