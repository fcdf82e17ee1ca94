namespace GoGoScope.Tests.Leases;

[TestFixture]
public sealed class StoredTextTests
{
    [TestCase("")]
    [TestCase("a \0 á 😀")]
    public void What_was_encoded_is_decoded_to_the_same(string text)
    {
        Assert.That(StoredText.Decode(StoredText.Encode(text)), Is.EqualTo(text));
        Assert.That(StoredText.Checked(text), Is.SameAs(text));
    }

    [Test]
    public void Room_is_left_at_the_head() => Assert.That(StoredText.Encode("ab", head: 2), Is.EqualTo("\0\0ab"u8.ToArray()));

    [TestCase('\ud800')]
    [TestCase('\udc00')]
    public void Half_of_a_surrogate_pair_is_refused_and_named(char half)
    {
        var text = $"a{half}b";
        Assert.That(() => StoredText.Encode(text), Refuses);
        Assert.That(() => StoredText.Checked(text), Refuses);
    }

    [Test]
    public void What_is_not_UTF_8_is_refused() => Assert.That(() => StoredText.Decode([0xC3]), Throws.InstanceOf<ArgumentException>());

    [Test]
    public void Names_that_differ_are_found_by_32_bytes_that_differ()
    {
        var (one, other) = (StoredText.Hash(StoredText.Encode("a")), StoredText.Hash(StoredText.Encode("A")));
        Assert.That(one, Has.Length.EqualTo(32));
        Assert.That(other, Is.Not.EqualTo(one));
    }

    private static NUnit.Framework.Constraints.IResolveConstraint Refuses =>
        Throws.ArgumentException.With.Message.Contains("half of a surrogate pair has no form").And.Property("ParamName").EqualTo("text");
}
