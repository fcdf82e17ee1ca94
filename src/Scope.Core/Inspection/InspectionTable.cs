using System.Text;

namespace GoGoScope;

/// <summary>Inspections as a table for people.</summary>
internal static class InspectionTable
{
    private const string Gap = "  ";

    private static readonly string[] Head = ["KEY", "", "OWNER", "MODE", "TOKEN OR RANK", "PROCESS", "SINCE", "LEASE"];

    internal static string Write(IEnumerable<LockInspection> inspections)
    {
        List<string[]> rows = [Head];
        foreach (var one in inspections) rows.AddRange(Rows(one));
        var widths = Enumerable.Range(0, Head.Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            var line = string.Join(Gap, row.Select((cell, column) => cell.PadRight(widths[column])));
            text.Append(line.TrimEnd()).Append('\n');
        }
        return text.ToString();
    }

    private static IEnumerable<string[]> Rows(LockInspection one)
    {
        // The key on its first line only: a busy one has many.
        var key = InspectionText.OneLine(LockText.Shorten(one.Key));
        if (one.IsFree) yield return Row("free", "", "", "", null, null, "");
        if (one.Problem is not null) yield return Row("?", InspectionText.OneLine(one.Problem), "", "", null, null, "");
        foreach (var holder in one.Holders) yield return Row("held", holder.Owner, InspectionText.Mode(holder.Mode, holder.Weight), holder.Tokens, holder.Process, holder.Since, holder.Lease);
        foreach (var waiter in one.Waiters) yield return Row("waits", waiter.Owner, InspectionText.Mode(waiter.Mode, waiter.Weight), waiter.Rank, waiter.Process, waiter.Since, "");

        string[] Row(string what, string owner, string mode, string rank, string? process, DateTimeOffset? since, string lease)
        {
            var shown = key;
            key = "";
            return [shown, what, InspectionText.OneLine(owner), mode, rank, InspectionText.OneLine(process ?? ""), InspectionText.Time(since), lease];
        }
    }
}
