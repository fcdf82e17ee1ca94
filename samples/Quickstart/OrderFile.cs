using System.Text;

namespace GoGoScope.Quickstart;

/// <summary>The orders of one file, read whole.</summary>
/// <param name="Orders">In the order of the file.</param>
/// <param name="Skipped">Why each malformed row was left out; empty unless asked to skip them.</param>
internal sealed record OrderFile(IReadOnlyList<Order> Orders, IReadOnlyList<string> Skipped)
{
    /// <summary>What <c>--input</c> is called for standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>Reads <paramref name="path"/>, or standard input if that is <c>-</c>.</summary>
    /// <exception cref="BadInputException">The file can't be read, or is not of the format.</exception>
    public static async Task<OrderFile> ReadAsync(string path, bool skipBad, CancellationToken cancellationToken)
    {
        if (path == StandardInput)
            return Parse(await ReadStandardInputAsync(cancellationToken), "standard input", skipBad);
        if (string.IsNullOrWhiteSpace(path))
            throw new BadInputException("--input names no file.");
        if (Directory.Exists(path))
            throw new BadInputException($"{path}: is a folder, not a file.");
        try
        {
            return Parse(await File.ReadAllBytesAsync(path, cancellationToken), path, skipBad);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BadInputException($"{path}: there is no such file.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new BadInputException($"{path}: cannot be read: {e.Message}");
        }
    }

    /// <summary>Reads the <paramref name="content"/> of a file that messages call <paramref name="name"/>.</summary>
    /// <exception cref="BadInputException">It is not of the format.</exception>
    public static OrderFile Parse(ReadOnlySpan<byte> content, string name, bool skipBad)
    {
        var orders = new List<Order>();
        var skipped = new List<string>();
        var firstDelivery = new Dictionary<string, (Order Order, int Line)>();
        OrderColumns? columns = null;

        var number = 0;
        if (content.StartsWith(Encoding.UTF8.Preamble)) content = content[Encoding.UTF8.Preamble.Length..];
        foreach (var range in content.Split((byte)'\n'))
        {
            number++;
            var line = content[range].Trim(" \t\r"u8);
            if (line.IsEmpty) continue;
            try
            {
                var fields = CsvLine.Split(line);
                if (columns is null)
                {
                    columns = OrderColumns.Parse(fields);
                    continue;
                }
                var order = columns.ReadOrder(fields);
                if (!firstDelivery.TryAdd(order.WebhookId, (order, number)) && firstDelivery[order.WebhookId] is var first && first.Order != order)
                    throw new BadInputException($"webhook {Shown.Quoted(order.WebhookId)} was another order in line {first.Line}.");
                orders.Add(order);
            }
            catch (BadInputException e)
            {
                var message = $"{name}, line {number}: {e.Message}";
                if (columns is null || !skipBad) throw new BadInputException(message);
                skipped.Add(message);
            }
        }

        if (columns is null)
            throw new BadInputException($"{name}, line 1: the file is empty; it must begin with the columns {OrderColumns.Header}.");
        if (orders.Count == 0)
            throw new BadInputException(skipped.Count == 0 ? $"{name}, line 1: no order follows the columns." : $"{skipped[0]} No other row is left.");
        return new(orders, skipped);
    }

    private static async Task<byte[]> ReadStandardInputAsync(CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        await using var input = Console.OpenStandardInput();
        // A read of the console can't be cancelled, but waiting for it can.
        await input.CopyToAsync(content, cancellationToken).WaitAsync(cancellationToken);
        return content.ToArray();
    }
}
