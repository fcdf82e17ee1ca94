namespace GoGoScope.Tool.Tests;

[TestFixture]
[Parallelizable]
public sealed class StorePlaceTests
{
    [TestCase("redis://localhost?KeyPrefix=shop:", "Redis at localhost:6379, KeyPrefix \"shop:\"")]
    [TestCase("rediss://ada:secret@localhost/3?keyprefix=a%26b%3D%3F", "Redis at localhost:6379, KeyPrefix \"a&b=?\"")]
    [TestCase("REDIS://localhost?KeyPrefix=shop:", "Redis at localhost:6379, KeyPrefix \"shop:\"")]
    [TestCase("redis://localhost", "Redis at localhost:6379, the default KeyPrefix")]
    [TestCase("postgres://ada@localhost/shop?Schema=locks&sslmode=require", "PostgreSQL at localhost:5432, Schema \"locks\", the default Table, the default Durability")]
    [TestCase("postgresql://ada@localhost/shop?sslmode=require&Table=my%20locks&Durability=Fast", "PostgreSQL at localhost:5432, the default Schema, Table \"my locks\", Durability \"Fast\"")]
    [TestCase("mariadb://ada@localhost/shop?Table=shop_locks", "MariaDB at localhost:3306, Table \"shop_locks\"")]
    [TestCase("mongodb://localhost/shop?Collection=shop_locks&authSource=admin", "MongoDB at localhost:27017, Collection \"shop_locks\"")]
    [TestCase("file:///var/lib/shop/locks", "files in /var/lib/shop/locks")]
    public void An_address_says_where_in_the_store_the_locks_are(string text, string shown) =>
        Assert.That($"{StorePlace.TryParse(text)}", Is.EqualTo(shown));

    [TestCase("postgres://ada@localhost/shop?Schema=locks&sslmode=require&Table=t", "postgres://ada@localhost/shop?sslmode=require")]
    [TestCase("postgres://ada@localhost/shop?KeyPrefix=shop:", "postgres://ada@localhost/shop?KeyPrefix=shop:")]
    [TestCase("mongodb://localhost/shop?Collection=c", "mongodb://localhost/shop")]
    [TestCase("mongodb://localhost/shop?authSource=admin", "mongodb://localhost/shop?authSource=admin")]
    public void What_else_it_says_is_for_the_driver(string text, string left) =>
        Assert.That(StorePlace.TryParse(text)!.Address.Address.OriginalString, Is.EqualTo(left));

    [TestCase("redis://localhost?Table=locks")]
    [TestCase("redis://localhost?KeyPrefix")]
    [TestCase("redis://localhost?KeyPrefix=shop:&ssl=true")]
    [TestCase("file:///locks?KeyPrefix=shop:")]
    [TestCase("http://localhost?KeyPrefix=shop:")]
    public void A_word_of_another_store_is_refused(string text) => Assert.That(StorePlace.TryParse(text), Is.Null);
}
