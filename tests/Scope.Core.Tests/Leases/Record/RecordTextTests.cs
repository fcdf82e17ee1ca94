using System.Diagnostics;

namespace GoGoScope.Tests.Leases.Record;

/// <summary>What a person finds in the store.</summary>
public sealed class RecordTextTests : RecordTestBase
{
    [Test]
    public void A_free_record_has_no_text()
    {
        Assert.That(LockRecord.Free.ToBody(), Is.Empty);
        Assert.That(LockRecord.Parse(new StoredRecord(7, 8, "", 9)), Is.SameAs(LockRecord.Free));
    }

    [Test]
    public void The_text_says_who_holds_until_when_and_who_waits()
    {
        var web2 = Reader("web-2.5", priority: 1, tokens: 8, timeToLive: 2_500_000) with { Owner = "billing \"é\" <日本>" };
        EnterAll(Writer("web-1.17") with { Owner = "orders" }, Writer("w.9"), web2);
        Cell.Clock += Second;
        Do(Leave("web-1.17"));
        Assert.That(
            Cell.Stored.Body,
            Is.EqualTo("""
                {"holders":[{"id":"web-2.5","owner":"billing \"é\" <日本>","mode":"read","token":1794395472000001,"lastToken":1794395472000008,"since":"2026-11-11T11:11:12.000000Z","expires":"2026-11-11T11:11:14.500000Z"}],"waiters":[{"id":"w.9","owner":"owner of w.9","mode":"exclusive","since":"2026-11-11T11:11:11.000000Z","passedOver":1,"ttlSeconds":30}]}
                """));
    }

    [Test]
    public void What_is_read_is_what_was_written()
    {
        EnterAll(Reader("a", tokens: 3, timeToLive: 1), Reader("b"), Writer("c", priority: int.MinValue, tokens: 64, timeToLive: 1), Reader("d", priority: int.MaxValue));
        EnterAll(Reader("e", timeToLive: (long)TimeSpan.MaxValue.TotalMicroseconds), Writer("f"));
        Assert.That(Cell.Record.ToBody(), Is.EqualTo(Cell.Stored.Body));
        Assert.That((Waiter("c").Contender, Waiter("c").PassedOver), Is.EqualTo((Writer("c", priority: int.MinValue, tokens: 64, timeToLive: 1), 2)));
        Assert.That(Holder("e").ExpiresAt, Is.EqualTo(StoreTime.Latest));
    }

    [TestCase("")]
    [TestCase("a\0b\"\\\n\u2028")]
    [TestCase("日本 👍")]
    public void An_owner_may_be_any_text(string owner)
    {
        EnterAll(Writer("a") with { Owner = owner });
        Assert.That(Holder("a").Owner, Is.EqualTo(owner));
        Assert.That(Cell.Stored.Body.Contains((char)0), Is.False, "not every store takes it");
    }

    [Test]
    public void Half_a_character_in_an_owner_spoils_nothing()
    {
        EnterAll(Writer("a") with { Owner = "x\ud83dy" });
        Assert.That(Holder("a").Owner, Is.EqualTo("x\ufffdy"));
    }

    [Test]
    public void Members_of_a_newer_version_are_passed_over()
    {
        Cell.Put(
            """
            {"format":2,"holders":[{"region":{"name":"eu","tokens":[1,{"id":7}]},"id":"a.0","owner":"o","mode":"exclusive","token":5,"expires":"2026-11-11T12:00:00Z"}],
             "later":[[]],"waiters":[{"id":"b.1","owner":"p","note":null,"mode":"read","ttlSeconds":0.25}]}
            """, fence: 5);
        Assert.That((Holder("a").Since, Waiter("b.1").Since), Is.EqualTo((0, 0)), "an older version does not say it");
        Assert.That(Holder("a").ExpiresAt, Is.EqualTo(new DateTimeOffset(2026, 11, 11, 12, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() * 1_000));
        Assert.That(Waiter("b.1").Contender, Is.EqualTo(Reader("b.1", timeToLive: 250_000) with { Owner = "p" }));
    }

    [Test]
    public void A_body_without_anybody_is_taken_as_it_is_and_its_fence_counts()
    {
        var fence = Cell.Clock + Second;
        Cell.Put("{}", fence);
        Assert.That(Do(Enter(Writer("a"))).Tokens, Is.EqualTo(new TokenRange(fence + 1, fence + 1)));
    }

    [TestCase("a.0", "a", 0)]
    [TestCase("A-z_9.9223372036854775807", "A-z_9", long.MaxValue)]
    public void An_id_has_a_text(string text, string process, long number)
    {
        Assert.That(ContenderId.TryParse(text), Is.EqualTo(new ContenderId(process, number)));
        Assert.That(new ContenderId(process, number).ToString(), Is.EqualTo(text));
        var utf8 = new byte[ContenderId.LongestText];
        Assert.That(System.Text.Encoding.ASCII.GetString(utf8, 0, new ContenderId(process, number).Format(utf8)), Is.EqualTo(text));
    }

    [TestCase("")]
    [TestCase("a")]
    [TestCase(".1")]
    [TestCase("a.")]
    [TestCase("a.-1")]
    [TestCase("a.01")]
    [TestCase("a. 1")]
    [TestCase("a.b.1")]
    [TestCase("é.1")]
    [TestCase("a.9223372036854775808")]
    [TestCase("12345678901234567890123456789012345678901234567890123456789012345.1")]
    public void Nothing_else_is_an_id(string text) => Assert.That(ContenderId.TryParse(text), Is.Null);

    [Test]
    public void To_acquire_a_free_lock_costs_little()
    {
        var contender = Writer("web-12345-a1b2c3d4.1") with { Owner = "host-123/45678" };
        var command = Enter(contender);
        long Once(int times)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < times; i++) _ = LockRecord.Parse(new StoredRecord(1, 2, "", Cell.Clock)).Apply(command, new Circumstances { Now = Cell.Clock }).Record.ToBody();
            return (GC.GetAllocatedBytesForCurrentThread() - before) / times;
        }
        Once(1_000);
        var started = Stopwatch.GetTimestamp();
        var bytes = Once(10_000);
        TestContext.Out.WriteLine($"{bytes} B, {Stopwatch.GetElapsedTime(started).TotalNanoseconds / 10_000:0} ns in this build");
        Assert.That(bytes, Is.LessThan(600));
    }
}
