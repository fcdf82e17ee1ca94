namespace GoGoScope.Tool.Tests;

[TestFixture]
public sealed class OpenStoreTests
{
#if !WITHOUT_STACKEXCHANGE_REDIS
    [Test]
    public void A_name_and_a_password_in_Redis_may_have_any_characters()
    {
        var options = OpenStore.RedisOptions(StoreAddress.TryParse("redis://ada%2Cssl%3Dtrue:a%2Cb@localhost/2")!);

        Assert.That((options.User, options.Password, options.Ssl, options.DefaultDatabase), Is.EqualTo(("ada,ssl=true", "a,b", false, (int?)2)));
    }
#endif
}
