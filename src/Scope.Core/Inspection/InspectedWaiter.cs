using System.Globalization;
using System.Text.Json.Serialization;

namespace GoGoScope;

/// <summary>
/// One that waits for a key, as <see cref="LockInspection"/> shows it. In a store one stands for all requests of its process,
/// which queue there.
/// </summary>
/// <param name="Owner">Who it is, as it called itself: <see cref="LockOptions.Owner"/>, the name of its scope, or machine and process.</param>
/// <param name="Mode">How it wants to hold the key.</param>
/// <param name="Priority">Its priority; higher goes first.</param>
/// <param name="PassedOver">How often somebody who came later was granted the key first.</param>
public sealed record InspectedWaiter(string Owner, LockMode Mode, int Priority, int PassedOver)
{
    /// <summary>How many permits it wants, if the key is a semaphore; zero if not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Weight { get; init; }

    /// <summary>The id by which the store knows the waiting process: one for each provider in it; null in memory.</summary>
    public string? Process { get; init; }

    /// <summary>When its process began to wait, with whichever of its requests; null in memory.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The waiter in words: who, how, with what rank, since when.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{InspectionText.OneLine(Owner)}, {InspectionText.Mode(Mode, Weight)}, {Rank}{InspectionText.Process(Process)}{InspectionText.Since(Since)}");

    internal string Rank => string.Create(CultureInfo.InvariantCulture, $"priority {Priority}, passed over {PassedOver} {(PassedOver == 1 ? "time" : "times")}");
}
