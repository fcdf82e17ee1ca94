using System.Text;

namespace GoGoScope.Quickstart.Tests;

/// <summary>What a file of orders may look like, and what a user is told about one that doesn't.</summary>
public class OrderFileTests
{
    private const string Columns = "webhook_id,customer,product,quantity,amount\n";

    private static OrderFile Parse(string text, bool skipBad = false) =>
        OrderFile.Parse(Encoding.UTF8.GetBytes(text), "orders.csv", skipBad);

    [Test]
    public void A_row_is_an_order()
    {
        var file = Parse(Columns + "wh-1,ada,mug,2,25.80\n");

        Assert.That(file.Orders, Is.EqualTo(new[] { new Order("wh-1", "ada", "mug", 2, 2580) }));
        Assert.That(file.Skipped, Is.Empty);
    }

    [Test]
    public void Columns_may_stand_in_any_order()
    {
        var file = Parse("amount,quantity,product,customer,webhook_id\n0.01,7,mug,ada,wh-1\n");

        Assert.That(file.Orders, Is.EqualTo(new[] { new Order("wh-1", "ada", "mug", 7, 1) }));
    }

    [TestCase("wh-1,ada,\"Mug, blue\",1,2", "Mug, blue", TestName = "A comma in quotes is part of the field")]
    [TestCase("wh-1,ada,\"Notebook \"\"A5\"\"\",1,2", "Notebook \"A5\"", TestName = "Two quotes in quotes are one")]
    [TestCase("wh-1, ada ,  mug\t,1,2 ", "mug", TestName = "Space around a field is left out")]
    [TestCase("wh-1,ada,Tütensuppe 🍲,1,2", "Tütensuppe 🍲", TestName = "Any language will do")]
    public void Fields_are_read_as_CSV(string row, string product) =>
        Assert.That(Parse(Columns + row).Orders.Single(), Is.EqualTo(new Order("wh-1", "ada", product, 1, 200)));

    [TestCase("\uFEFF" + Columns + "wh-1,ada,mug,1,2\n", TestName = "A byte order mark is not part of the first column")]
    [TestCase("webhook_id,customer,product,quantity,amount\r\nwh-1,ada,mug,1,2\r\n", TestName = "Lines may end as on Windows")]
    [TestCase("\n" + Columns + "\n  \nwh-1,ada,mug,1,2\n\n\n", TestName = "Empty lines are left out")]
    [TestCase(Columns + "wh-1,ada,mug,1,2", TestName = "The last line need not end")]
    public void Files_of_other_programs_are_read_as_well(string text) =>
        Assert.That(Parse(text).Orders, Is.EqualTo(new[] { new Order("wh-1", "ada", "mug", 1, 200) }));

    [Test]
    public void A_repeated_delivery_is_a_row_of_its_own()
    {
        var file = Parse(Columns + "wh-1,ada,mug,1,2.00\nwh-1,ada,mug,1,2\n");

        Assert.That(file.Orders, Has.Count.EqualTo(2));
        Assert.That(file.Orders[1], Is.EqualTo(file.Orders[0]));
    }

    [TestCase("wh-1,ada,mug,1", "has 4 fields instead of 5.")]
    [TestCase("wh-1,ada,mug,1,2,3", "has 6 fields instead of 5.")]
    [TestCase("wh-1", "has 1 field instead of 5.")]
    [TestCase(",ada,mug,1,2", "webhook_id is empty.")]
    [TestCase("wh-1,\" \",mug,1,2", "customer is empty.")]
    [TestCase("wh-1,ada,,1,2", "product is empty.")]
    [TestCase("wh-1,a\tda,mug,1,2", "customer contains control characters: \"a?da\".")]
    [TestCase("wh-1,ada,mug,,2", "quantity \"\" is not a whole number.")]
    [TestCase("wh-1,ada,mug,one,2", "quantity \"one\" is not a whole number.")]
    [TestCase("wh-1,ada,mug,1.5,2", "quantity \"1.5\" is not a whole number.")]
    [TestCase("wh-1,ada,mug,0,2", "quantity 0 is not between 1 and 1000000.")]
    [TestCase("wh-1,ada,mug,-3,2", "quantity -3 is not between 1 and 1000000.")]
    [TestCase("wh-1,ada,mug,1000001,2", "quantity 1000001 is not between 1 and 1000000.")]
    [TestCase("wh-1,ada,mug,1,", "amount \"\" is not a number such as 12.50.")]
    [TestCase("wh-1,ada,mug,1,free", "amount \"free\" is not a number such as 12.50.")]
    [TestCase("wh-1,ada,mug,1,\"1,50\"", "amount \"1,50\" is not a number such as 12.50.")]
    [TestCase("wh-1,ada,mug,1,1e3", "amount \"1e3\" is not a number such as 12.50.")]
    [TestCase("wh-1,ada,mug,1,-5.00", "amount \"-5.00\" is negative.")]
    [TestCase("wh-1,ada,mug,1,0", "amount \"0\" is not between 0.01 and 1000000.")]
    [TestCase("wh-1,ada,mug,1,1000000.01", "amount \"1000000.01\" is not between 0.01 and 1000000.")]
    [TestCase("wh-1,ada,mug,1,2.505", "amount \"2.505\" has more than two decimals.")]
    [TestCase("wh-1,ada,\"mug,1,2", "a quote stands alone: quote the whole field, and write \"\" for a quote inside it.")]
    [TestCase("wh-1,ada,m\"ug,1,2", "a quote stands alone: quote the whole field, and write \"\" for a quote inside it.")]
    [TestCase("wh-1,ada,\"mug\"s,1,2", "a quote stands alone: quote the whole field, and write \"\" for a quote inside it.")]
    public void A_malformed_row_is_named_with_its_line(string row, string problem)
    {
        var text = Columns + "wh-0,ada,mug,1,2\n\n" + row + "\nwh-2,ada,mug,1,2\n";
        var message = "orders.csv, line 4: " + problem;

        Assert.That(() => Parse(text), Throws.TypeOf<BadInputException>().With.Message.EqualTo(message));

        var file = Parse(text, skipBad: true);
        Assert.That(file.Orders.Select(order => order.WebhookId), Is.EqualTo(new[] { "wh-0", "wh-2" }), "a bad row costs itself only");
        Assert.That(file.Skipped, Is.EqualTo(new[] { message }));
    }

    [Test]
    public void A_long_name_is_refused_and_shortened_in_the_message() =>
        Assert.That(() => Parse(Columns + $"wh-1,{new string('x', 201)},mug,1,2"), Throws.TypeOf<BadInputException>().With.Message
            .EqualTo($"orders.csv, line 2: customer is longer than 200 characters: \"{new string('x', 60)}…\"."));

    [Test]
    public void One_webhook_is_one_order()
    {
        var text = Columns + "wh-1,ada,mug,1,2\nwh-2,bob,mug,1,2\nwh-1,bob,mug,1,2\n";
        const string Message = "orders.csv, line 4: webhook \"wh-1\" was another order in line 2.";

        Assert.That(() => Parse(text), Throws.TypeOf<BadInputException>().With.Message.EqualTo(Message));
        Assert.That(Parse(text, skipBad: true).Skipped, Is.EqualTo(new[] { Message }));
    }

    [Test]
    public void A_row_that_is_not_UTF8_is_malformed()
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes(Columns + "wh-1,ada,mug,1,2\nwh-2,J"), 0xF6, .. "rg,mug,1,2\n"u8];

        Assert.That(() => OrderFile.Parse(bytes, "orders.csv", skipBad: false), Throws.TypeOf<BadInputException>().With.Message
            .EqualTo("orders.csv, line 3: is not UTF-8 text."));
        Assert.That(OrderFile.Parse(bytes, "orders.csv", skipBad: true).Orders, Has.Count.EqualTo(1));
    }

    private const string Expected = "the columns are webhook_id,customer,product,quantity,amount.";

    [TestCase("", "line 1: the file is empty; it must begin with the columns webhook_id,customer,product,quantity,amount.")]
    [TestCase("\n\n", "line 1: the file is empty; it must begin with the columns webhook_id,customer,product,quantity,amount.")]
    [TestCase(Columns, "line 1: no order follows the columns.")]
    [TestCase("webhook_id,customer,product,quantity\n", "line 1: column \"amount\" is missing; " + Expected)]
    [TestCase("webhook_id,customer,product,quantity,amount,note\n", "line 1: unknown column \"note\"; " + Expected)]
    [TestCase("Webhook_ID,customer,product,quantity,amount\n", "line 1: unknown column \"Webhook_ID\"; " + Expected)]
    [TestCase("webhook_id,customer,product,amount,quantity,amount\n", "line 1: column \"amount\" is there 2 times.")]
    [TestCase("wh-1,ada,mug,1,2\n", "line 1: unknown column \"wh-1\"; " + Expected)]
    [TestCase("webhook_id\rwh-1\r", "line 1: unknown column \"webhook_id?wh-1\"; " + Expected)]
    public void What_is_wrong_with_the_whole_file_cannot_be_skipped(string text, string problem)
    {
        Assert.That(() => Parse(text), Throws.TypeOf<BadInputException>().With.Message.EqualTo("orders.csv, " + problem));
        Assert.That(() => Parse(text, skipBad: true), Throws.TypeOf<BadInputException>().With.Message.EqualTo("orders.csv, " + problem));
    }

    [Test]
    public void Skipping_every_row_leaves_nothing_to_settle() =>
        Assert.That(() => Parse(Columns + "wh-1,ada,mug,1,-2\n", skipBad: true), Throws.TypeOf<BadInputException>().With.Message
            .EqualTo("orders.csv, line 2: amount \"-2\" is negative. No other row is left."));
}
