namespace GoGoScope.Persistence.Mongo.Tests;

/// <summary>What a document means, claims above all: that they are void outside of their time, and what is there then.</summary>
[TestFixture]
public sealed class StoredDocumentTests
{
    private static readonly StoredDocument Held = new() { Version = 7, Fence = 1_000, Body = "held", At = 5_000 };

    private static readonly StoredDocument Claimed = Held with { From = 4_000, Until = 6_000, Drew = 3, Was = 5 };

    [Test]
    public void A_document_is_its_record_with_the_clock_that_was_read() =>
        Assert.That(Held.Record(now: 9_000), Is.EqualTo(new StoredRecord(7, 1_000, "held", 9_000)));

    [TestCase(4_000)]
    [TestCase(5_999)]
    public void A_claim_that_was_done_in_its_time_counts(long at) =>
        Assert.That((Claimed with { At = at }).Record(now: 9_000), Is.EqualTo(new StoredRecord(7, 1_000, "held", 9_000)));

    [TestCase(3_999)]
    [TestCase(6_000)]
    [TestCase(9_000)]
    public void One_that_was_not_leaves_the_free_record_that_was_there(long at) =>
        Assert.That((Claimed with { At = at }).Record(now: 9_000), Is.EqualTo(new StoredRecord(5, 997, "", 9_000)));

    [Test]
    public void Or_none_where_there_was_none() =>
        Assert.That((Claimed with { At = 6_000, Was = null }).Record(now: 9_000), Is.EqualTo(new StoredRecord(0, 0, "", 9_000)));

    /// <summary>The clock that it was done by, not the one that it is read by.</summary>
    [Test]
    public void It_does_not_become_void_later() => Assert.That(Claimed.Record(now: 1_000_000).Version, Is.EqualTo(7));
}
