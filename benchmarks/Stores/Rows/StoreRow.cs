using GoGoScope.Benchmarks.Stores.Servers;
using GoGoScope.Benchmarks.Stores.Workers;

namespace GoGoScope.Benchmarks.Stores.Rows;

/// <summary>Some figures that are measured together. Each checks what it has done, and throws if that was not what a lock promises.</summary>
internal abstract class StoreRow(string title)
{
    internal string Title => title;

    /// <summary>Whether the store has what is measured.</summary>
    internal virtual bool IsOf(StoreKind store) => true;

    /// <summary>Measures once.</summary>
    internal abstract Task MeasureAsync(RowRun run);
}

/// <summary>With what a row is measured, and where its figures go.</summary>
/// <param name="Server">The server.</param>
/// <param name="Workers">Processes that are connected to it.</param>
/// <param name="Plan">For how long.</param>
/// <param name="Measurements">What was found.</param>
internal sealed record RowRun(RunningServer Server, IReadOnlyList<WorkerProcess> Workers, StorePlan Plan, StoreMeasurements Measurements)
{
    internal void Add(StoreFigure figure, double value, double? baseline = null) => Measurements.Add(Server.Kind.Name, figure, value, baseline);
}
