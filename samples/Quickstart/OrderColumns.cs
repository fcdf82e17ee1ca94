using System.Globalization;

namespace GoGoScope.Quickstart;

/// <summary>Where each column stands in a file, and what its fields may be.</summary>
internal sealed class OrderColumns
{
    /// <summary>The five columns. A file has all of them, in any order, and no others.</summary>
    public const string Header = "webhook_id,customer,product,quantity,amount";

    private const int LongestName = 200;
    private const int MostUnits = 1_000_000;
    private const decimal HighestAmount = 1_000_000m;

    private static readonly string[] Names = Header.Split(',');

    private readonly int[] _places;

    private OrderColumns(int[] places) => _places = places;

    /// <summary>Reads the first line of a file.</summary>
    /// <exception cref="BadInputException">A column is unknown, missing, or there twice.</exception>
    public static OrderColumns Parse(string[] header)
    {
        var unknown = header.FirstOrDefault(name => !Names.Contains(name));
        if (unknown is not null)
            throw new BadInputException($"unknown column {Shown.Quoted(unknown)}; the columns are {Header}.");
        var twice = header.GroupBy(name => name).FirstOrDefault(same => same.Count() > 1);
        if (twice is not null)
            throw new BadInputException($"column {Shown.Quoted(twice.Key)} is there {twice.Count()} times.");
        var missing = Names.FirstOrDefault(name => !header.Contains(name));
        if (missing is not null)
            throw new BadInputException($"column {Shown.Quoted(missing)} is missing; the columns are {Header}.");
        return new(Array.ConvertAll(Names, name => Array.IndexOf(header, name)));
    }

    /// <summary>Reads any other line of the file.</summary>
    /// <exception cref="BadInputException">A field is missing, too many, or not what its column allows.</exception>
    public Order ReadOrder(string[] fields)
    {
        if (fields.Length != Names.Length)
            throw new BadInputException($"has {Shown.Count(fields.Length, "field")} instead of {Names.Length}.");
        return new(Name(fields, 0), Name(fields, 1), Name(fields, 2), Quantity(fields), Cents(fields));
    }

    private string Name(string[] fields, int column)
    {
        var text = fields[_places[column]];
        if (string.IsNullOrWhiteSpace(text))
            throw new BadInputException($"{Names[column]} is empty.");
        if (text.Length > LongestName)
            throw new BadInputException($"{Names[column]} is longer than {LongestName} characters: {Shown.Quoted(text)}.");
        if (text.Any(char.IsControl))
            throw new BadInputException($"{Names[column]} contains control characters: {Shown.Quoted(text)}.");
        return text;
    }

    private int Quantity(string[] fields)
    {
        var text = fields[_places[3]];
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var quantity))
            throw new BadInputException($"quantity {Shown.Quoted(text)} is not a whole number.");
        if (quantity is <= 0 or > MostUnits)
            throw new BadInputException($"quantity {quantity} is not between 1 and {MostUnits}.");
        return (int)quantity;
    }

    private long Cents(string[] fields)
    {
        var text = fields[_places[4]];
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        if (!decimal.TryParse(text, Style, CultureInfo.InvariantCulture, out var amount))
            throw new BadInputException($"amount {Shown.Quoted(text)} is not a number such as 12.50.");
        if (amount < 0)
            throw new BadInputException($"amount {Shown.Quoted(text)} is negative.");
        if (amount is 0 or > HighestAmount)
            throw new BadInputException($"amount {Shown.Quoted(text)} is not between 0.01 and {HighestAmount}.");
        if (decimal.Round(amount, 2) != amount)
            throw new BadInputException($"amount {Shown.Quoted(text)} has more than two decimals.");
        return (long)(amount * 100);
    }
}
