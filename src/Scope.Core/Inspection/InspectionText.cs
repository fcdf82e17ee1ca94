namespace GoGoScope;

/// <summary>Words that holders and waiters have in common.</summary>
internal static class InspectionText
{
    internal static string Mode(LockMode mode) => mode == LockMode.Exclusive ? "exclusive" : "read";

    internal static string Process(string? process) => process is null ? "" : $", process {process}";
}
