namespace GoGoScope.Tool.Tests;

public sealed class StoreAddressTests
{
    [TestCase("redis://localhost", "Redis at localhost:6379", null, null, null)]
    [TestCase("redis://:secret@localhost:7000/3", "Redis at localhost:7000", null, "secret", "3")]
    [TestCase("rediss://ada:a%40b%3Ac@db.example:7000/", "Redis at db.example:7000", "ada", "a@b:c", null)]
    [TestCase("postgres://ada@localhost/shop", "PostgreSQL at localhost:5432", "ada", null, "shop")]
    [TestCase("postgresql://ada:secret@127.0.0.1:7000/my%20shop", "PostgreSQL at 127.0.0.1:7000", "ada", "secret", "my shop")]
    [TestCase("postgresql://ada:a%3Fb%23c%2Fd%40e@localhost/my%40shop", "PostgreSQL at localhost:5432", "ada", "a?b#c/d@e", "my@shop")]
    [TestCase("postgres://localhost/shop?Username=ada@db", "PostgreSQL at localhost:5432", null, null, "shop")]
    [TestCase("postgres://localhost", "PostgreSQL at localhost:5432", null, null, null)]
    [TestCase("mysql://ada:secret@localhost/shop", "MySQL at localhost:3306", "ada", "secret", "shop")]
    [TestCase("mariadb://ada@127.0.0.1:7000/my%20shop", "MariaDB at 127.0.0.1:7000", "ada", null, "my shop")]
    [TestCase("mongodb://localhost/shop", "MongoDB at localhost:27017", null, null, "shop")]
    [TestCase("mongodb://ada:secret@127.0.0.1:7000/shop?authSource=admin", "MongoDB at 127.0.0.1:7000", "ada", "secret", "shop")]
    public void A_URL_is_taken_apart_and_shown_without_its_password(string text, string shown, string? user, string? password, string? database)
    {
        var url = StoreAddress.TryParse(text)!;

        Assert.That($"{url}", Is.EqualTo(shown));
        Assert.That((url.User, url.Password, url.Database), Is.EqualTo((user, password, database)));
    }

    [TestCase("file:///var/lib/shop/locks", "/var/lib/shop/locks")]
    [TestCase("file:///var/lib/my%20shop%23%3F/", "/var/lib/my shop#?/")]
    public void A_directory_is_taken_as_it_is(string text, string directory)
    {
        var address = StoreAddress.TryParse(text)!;

        Assert.That((address.Kind, address.Directory, $"{address}"), Is.EqualTo((StoreKind.File, directory, $"files in {directory}")));
    }

    [TestCase("/tmp")]
    [TestCase("/home/ada/.local/share")]
    [TestCase("/a b/100%/%20/#1/é?")]
    public void The_address_of_a_directory_leads_there(string directory)
    {
        var address = StoreAddress.OfDirectory(directory);

        Assert.That(address.Directory, Is.EqualTo(directory));
        Assert.That(StoreAddress.TryParse(address.Address.OriginalString)!.Directory, Is.EqualTo(directory));
    }

    [Test]
    public void Further_words_are_the_drivers() =>
        Assert.That(
            StoreAddress.TryParse("postgres://ada@localhost/shop?sslmode=require&Application%20Name=a%26b")!.Parameters,
            Is.EqualTo(new[] { KeyValuePair.Create("sslmode", "require"), KeyValuePair.Create("Application Name", "a&b") }));

    [TestCase("")]
    [TestCase("localhost:6379")]
    [TestCase("redis:localhost")]
    [TestCase("redis://")]
    [TestCase("redis://localhost/shop")]
    [TestCase("redis://localhost:99999")]
    [TestCase("redis://localhost?ssl=true")]
    [TestCase("mongodb://localhost")]
    [TestCase("mongodb://localhost/")]
    [TestCase("mongodb://localhost/shop/locks")]
    [TestCase("http://localhost/shop")]
    [TestCase("file:///")]
    [TestCase("file://locks")]
    [TestCase("file:locks")]
    [TestCase("file:///locks?mode=fast")]
    [TestCase("/var/lib/shop/locks")]
    [TestCase("redis://localhost#secret")]
    [TestCase("postgres://ada:2024?secret@localhost/shop")]
    [TestCase("postgres://ada:2024?=secret@localhost/shop")]
    [TestCase("postgres://ada:2024?secret=1@localhost/shop")]
    [TestCase("postgres://ada:2024?sslmode=require&secret@localhost/shop")]
    [TestCase("postgres://ada:2024#secret@localhost/shop")]
    [TestCase("postgres://ada:2024/secret@localhost/shop")]
    [TestCase("postgres://ada:2024\\secret@localhost/shop")]
    [TestCase("mysql://ada:2024?secret@localhost/shop")]
    [TestCase("mongodb://ada:2024/shop?secret@localhost/shop")]
    public void Anything_else_is_none(string text) => Assert.That(StoreAddress.TryParse(text), Is.Null);
}
