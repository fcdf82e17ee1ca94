namespace GoGoScope.Quickstart.Tests;

public class OpeningBooksTests
{
    [Test]
    public void Four_fifths_of_what_is_ordered_each_webhook_counted_once()
    {
        Order[] orders = [new("wh-1", "ada", "mug", 4, 500), new("wh-1", "ada", "mug", 4, 500), new("wh-2", "ada", "mug", 6, 500)];

        var books = OpeningBooks.For(orders);

        Assert.That(books.Amounts, Is.EquivalentTo(new Dictionary<string, long> { ["customer:ada"] = 800, ["product:mug"] = 8 }));
    }

    [Test]
    public void Always_enough_for_the_largest_order()
    {
        Order[] orders = [new("wh-1", "ada", "mug", 9, 900), new("wh-2", "ada", "mug", 1, 100), new("wh-3", "bob", "tea", 1, 50)];

        var books = OpeningBooks.For(orders);

        Assert.That(books.Amounts["customer:ada"], Is.EqualTo(900));
        Assert.That(books.Amounts["product:mug"], Is.EqualTo(9));
        Assert.That(books.Amounts["customer:bob"], Is.EqualTo(50));
        Assert.That(books.Amounts["product:tea"], Is.EqualTo(1));
    }
}
