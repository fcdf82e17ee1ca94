// Makes the orders that the quickstart ships with, the same bytes each time:
//
//     dotnet run --file samples/make-orders.cs > samples/Quickstart/orders.csv
//
// A shop's week: few customers and products get most of the orders, and the payment service delivers some webhooks
// again, mostly right after the first time, when the first delivery is still being worked on.

#:property PublishAot=false

const int Orders = 4_500;
const int Customers = 206;

(string Name, int Cents)[] products =
[
    ("Mug, blue", 1290), ("Mug, white", 1190), ("Teapot 1 l", 3450), ("Tea strainer", 690), ("Tray, oak", 4200),
    ("Coffee grinder", 8900), ("Filter papers (100)", 450), ("Kettle 1.5 l", 5490), ("Milk jug", 1590), ("Sugar bowl", 1390),
    ("Bread knife", 3990), ("Cutting board, beech", 2890), ("Apron, linen", 3290), ("Tea towel", 990), ("Oven glove", 1490),
    ("Scale 5 kg", 3890), ("Whisk", 890), ("Mixing bowl 3 l", 2190), ("Baking tin 26 cm", 1790), ("Rolling pin", 1690),
    ("Pepper mill", 4590), ("Salt mill", 4590), ("Spice rack", 2990), ("Storage jar 1 l", 1090), ("Lunch box", 1890),
    ("Water bottle", 2290), ("Cork mat", 590), ("Candle, beeswax", 1290), ("Vase 20 cm", 2790), ("Wall clock", 4990),
    ("Notebook \"A5\"", 790), ("Pencil, soft", 190), ("Desk lamp", 6990), ("Wool blanket", 7990), ("Cushion 40 cm", 2490),
    ("Door mat", 2690), ("Broom", 2390), ("Clothes brush", 1990), ("Soap, olive", 490), ("Hand towel", 1590),
];

var random = new SplitMix64(20);
var rows = new List<(double Time, string Text)>();

for (var i = 0; i < Orders; i++)
{
    var customer = 1 + random.NextFewFirst(Customers);
    var (name, cents) = products[random.NextFewFirst(products.Length)];
    var quantity = 1 + random.NextFewFirst(5);
    var amount = FormattableString.Invariant($"{quantity * cents / 100m:0.00}");
    var row = $"wh-{100_000 + i},customer-{customer:000},{Quote(name)},{quantity},{amount}";
    rows.Add((i, row));

    // about one webhook in ten is delivered again, a few of them several times
    for (var again = i + 0.5; random.Next(10) == 0; again += random.Next(4) == 0 ? 50 + random.Next(400) : 0.5)
        rows.Add((again, row));
}

Console.Out.NewLine = "\n";
Console.WriteLine("webhook_id,customer,product,quantity,amount");
foreach (var (_, text) in rows.OrderBy(row => row.Time))
    Console.WriteLine(text);

static string Quote(string text) => text.AsSpan().ContainsAny(",\"") ? $"\"{text.Replace("\"", "\"\"")}\"" : text;

// The generator of Steele, Lea and Flood (2014): a few lines, so that no change of the framework's own changes the file.
internal sealed class SplitMix64(ulong state)
{
    public int Next(int below)
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (int)((z ^ (z >> 31)) % (ulong)below);
    }

    /// <summary>Below <paramref name="below"/>, low numbers more often: the lower of two draws.</summary>
    public int NextFewFirst(int below) => Math.Min(Next(below), Next(below));
}
