namespace GoGoScope.Tests.Leases.Record.Exploration;

/// <summary>
/// Other names, by which nothing changes but the names: ids are only ever told apart, and clients that want the same are alike.
/// So states that differ in no more than that are one.
/// </summary>
/// <param name="First">The numbers of the first client's ids: four bits for each old one.</param>
/// <param name="Second">Those of the second.</param>
/// <param name="Third">Those of the third.</param>
/// <param name="Order">Which client each one becomes: two bits for each.</param>
internal readonly record struct Renaming(int First, int Second, int Third, int Order)
{
    internal const int SameNumbers = 0x76543210;
    internal const int SameOrder = 0b10_01_00;

    internal static readonly Renaming None = new(SameNumbers, SameNumbers, SameNumbers, SameOrder);

    internal int OfClient(int client) => Order >> (2 * client) & 3;

    internal int OfNumber(int client, int number) => (client == 0 ? First : client == 1 ? Second : Third) >> (4 * number) & 7;

    internal ContenderId Of(ContenderId id)
    {
        var client = RecordTable.ClientOf(id.Process);
        return RecordTable.Id(OfClient(client), OfNumber(client, (int)id.Number));
    }

    public override int GetHashCode() => First * 31 + Second * 961 + Third * 29791 + Order;
}
