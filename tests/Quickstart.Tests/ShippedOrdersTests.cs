namespace GoGoScope.Quickstart.Tests;

/// <summary>The file that the program comes with is what its README says.</summary>
public class ShippedOrdersTests
{
    [Test]
    public async Task About_5000_deliveries_for_about_200_customers_some_of_them_repeated()
    {
        var file = await OrderFile.ReadAsync(Settings.ShippedOrders, skipBad: false, CancellationToken.None);

        Assert.That(file.Orders, Has.Count.EqualTo(4986));
        Assert.That(file.Orders.DistinctBy(order => order.WebhookId).Count(), Is.EqualTo(4500));
        Assert.That(file.Orders.DistinctBy(order => order.Customer).Count(), Is.EqualTo(202));
        Assert.That(file.Orders.DistinctBy(order => order.Product).Count(), Is.EqualTo(40));
    }
}
