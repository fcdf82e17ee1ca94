namespace GoGoScope.Persistence.Mongo.Tests;

/// <summary>What is sent, without a server: what each of the three ways to replace a record asks for, and does.</summary>
[TestFixture]
public sealed class StatementsTests
{
    private const long Second = 1_000_000;
    private const long Hour = 3_600 * Second;

    /// <summary>2026-01-01.</summary>
    private const long Now = 1_767_225_600 * Second;

    private static readonly LockSwap Taking = new()
    {
        Key = "lock:stock", Expected = 0, Version = 77, Body = "held", Draw = 3, NotBefore = Now - Second, NotAfter = Now + (5 * Second), KeepUntil = Now + (30 * Second),
    };

    private static readonly LockSwap Changing = Taking with { Expected = 55 };

    private static readonly StoredDocument Found = new() { Version = 66, Fence = 9, Body = "", At = Now };

    // ---- a claim ----

    [Test]
    public void A_claim_is_of_a_free_document_whose_fence_is_not_ahead_or_of_none()
    {
        var claim = Statements.Claim(Taking, Now);
        Assert.That(claim.IsUpsert);
        Assert.That(Shown(claim.Filter), Is.EqualTo($"_id: lock:stock, body: , fence: ($lte: {Now})"));
    }

    /// <summary>MongoDB refuses $expr in the filter of an upsert.</summary>
    [Test]
    public void A_claim_asks_for_nothing_that_an_upsert_may_not() => Assert.That(Shown(Statements.Claim(Taking, Now).Filter), Does.Not.Contain("$expr"));

    [Test]
    public void A_claim_says_when_it_counts_and_leaves_what_was_there_before()
    {
        var set = Part(Statements.Claim(Taking, Now), "$set");
        Assert.That((set["version"], set["body"], set["fence"]), Is.EqualTo((77L, "held", Now + 3)));
        Assert.That((set["from"], set["until"], set["drew"]), Is.EqualTo((At(Now - Second), At(Now + (5 * Second)), 3)));
        Assert.That(set, Does.Not.ContainKey("was"));
    }

    [TestCase(long.MaxValue)]
    [TestCase(Now + (2 * Hour))]
    public void A_claim_of_somebody_who_does_not_know_the_time_any_more_does_not_count(long notAfter) =>
        Assert.That(Part(Statements.Claim(Taking with { NotAfter = notAfter }, Now), "$set")["until"], Is.EqualTo(At(Now + Hour)));

    [Test]
    public void A_claim_that_leaves_it_free_does_not_say_what_was_there_before() =>
        Assert.That(Part(Statements.Claim(Taking with { Body = "" }, Now), "$set"), Does.Not.ContainKey("was"));

    // ---- a record that is expected ----

    [Test]
    public void A_change_is_of_the_version_that_is_expected_while_somebody_holds_it_and_in_time()
    {
        var change = Statements.Replace(Changing, Now);
        Assert.That(change.IsUpsert, Is.False);
        Assert.That(Shown(change.Filter), Does.StartWith(
            $"_id: lock:stock, version: 55, body: ($ne: ), $expr: ($and: [($gte: [$$NOW, {Shown(At(Now - Second))}]), ($lt: [$$NOW, {Shown(At(Now + (5 * Second)))}]), "));
    }

    [Test]
    public void A_change_is_not_of_a_void_claim() =>
        Assert.That(Shown(Statements.Replace(Changing, Now).Filter), Does.EndWith(
            $", ($gte: [$at, ($ifNull: [$from, {Shown(DateTime.UnixEpoch)}])]), ($lt: [$at, ($ifNull: [$until, 9999-12-31T23:59:59.9990000Z])])])"));

    [Test]
    public void A_change_draws_from_the_fence_that_is_there_and_ends_the_claim()
    {
        var change = Statements.Replace(Changing, Now);
        Assert.That(Shown(Part(change, "$inc")), Is.EqualTo("fence: 3"));
        Assert.That(Part(change, "$set"), Does.Not.ContainKey("fence"));
        Assert.That(Part(change, "$unset").Keys, Is.EquivalentTo(["from", "until", "drew", "wake"]));
        Assert.That(Statements.Replace(Changing with { Draw = 0 }, Now).Update, Does.Not.ContainKey("$inc"));
    }

    [Test]
    public void Freeing_says_which_version_is_free()
    {
        Assert.That(Part(Statements.Replace(Changing with { Body = "" }, Now), "$set")["was"], Is.EqualTo(77L));
        Assert.That(Part(Statements.Replace(Changing, Now), "$set"), Does.Not.ContainKey("was"));
    }

    // ---- a free record that was read ----

    [Test]
    public void A_free_record_that_was_read_is_replaced_by_its_version_and_in_time()
    {
        var again = Statements.ReplaceFree(Taking, Found, Now);
        Assert.That(again.IsUpsert, Is.False);
        Assert.That(Shown(again.Filter), Does.StartWith("_id: lock:stock, version: 66, $expr: ($and: [($gte: [$$NOW, "));
        Assert.That(Part(again, "$unset").Keys, Is.SupersetOf(["from", "until", "drew"]));
    }

    [TestCase(Now - Hour, Now + 3)]
    [TestCase(Now + Hour, Now + Hour + 3)]
    public void Its_tokens_go_on_from_the_later_of_fence_and_clock(long fence, long expected) =>
        Assert.That(Part(Statements.ReplaceFree(Taking, Found with { Fence = fence }, Now), "$set")["fence"], Is.EqualTo(expected));

    [Test]
    public void A_void_claim_is_replaced_by_the_version_that_stands_there_and_gives_its_tokens_back()
    {
        var claim = Found with { Body = "late", Fence = Now + Hour, Until = Now - 1, Drew = 10, Was = 5 };
        var again = Statements.ReplaceFree(Taking, claim, Now);
        Assert.That(again.Filter["version"], Is.EqualTo(66L));
        Assert.That(Part(again, "$set")["fence"], Is.EqualTo(Now + Hour - 10 + 3));
    }

    // ---- all of them ----

    [Test]
    public void Every_change_is_dated_by_the_server() => Assert.That(All(Taking).Select(one => Shown(Part(one, "$currentDate"))), Is.All.EqualTo("at: True"));

    [Test]
    public void A_document_is_kept_as_long_as_its_leases_and_its_fence_need_it_and_never_shorter_than_before()
    {
        Assert.That(All(Taking).Select(one => Part(one, "$max")["forget"]), Is.All.EqualTo(At(Taking.KeepUntil)));
        Assert.That(All(Taking with { Body = "" }).Select(one => (DateTime)Part(one, "$max")["forget"]), Is.All.InRange(At(Now), At(Now + Second)));
        Assert.That((DateTime)Part(Statements.ReplaceFree(Taking, Found with { Fence = Now + Hour }, Now), "$max")["forget"], Is.GreaterThanOrEqualTo(At(Now + Hour)));
    }

    [Test]
    public void Whom_it_wakes_stands_there_with_the_version_so_that_two_like_it_are_two_changes()
    {
        foreach (var one in All(Taking with { Wake = ["p1", "p2", "p1"] }))
        {
            Assert.That(Part(one, "$set")["wake"], Is.EqualTo(new object[] { "p1", "p2", 77L }));
            Assert.That(one.Update.TryGetValue("$unset", out var gone) ? (Dictionary<string, object>)gone : [], Does.Not.ContainKey("wake"));
        }
        Assert.That(All(Taking).Select(one => Part(one, "$unset").ContainsKey("wake")), Is.All.True);
    }

    /// <summary>MongoDB before 5.0 refuses it.</summary>
    [Test]
    public void No_operator_is_without_fields([Values] bool wakes, [Values("", "held")] string body, [Values(0, 3)] int draw)
    {
        foreach (var one in All(Taking with { Wake = wakes ? ["p"] : null, Body = body, Draw = draw }))
            Assert.That(one.Update.Values, Is.All.InstanceOf<Dictionary<string, object>>().And.All.Not.Empty, Shown(one.Update));
    }

    [TestCase(Now + (5 * Second), 5)]
    [TestCase(Now, 1)]
    [TestCase(long.MinValue, 1)]
    [TestCase(long.MaxValue, 60)]
    public void The_server_gives_up_when_it_is_too_late_and_at_the_latest_after_a_minute(long notAfter, int seconds) =>
        Assert.That(All(Taking with { NotAfter = notAfter }).Select(one => one.LongestTime), Is.All.EqualTo(TimeSpan.FromSeconds(seconds)));

    // ---- times ----

    [TestCase(long.MinValue, 0)]
    [TestCase(0, 0)]
    [TestCase(1, 1)]
    [TestCase(1_000, 1)]
    [TestCase(1_001, 2)]
    [TestCase(long.MaxValue, 253_402_300_799_999)]
    public void A_time_is_the_first_millisecond_that_is_not_before_it(long microseconds, long milliseconds) =>
        Assert.That((StoreTime.Ceiling(microseconds) - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMillisecond, Is.EqualTo(milliseconds));

    // ---- what was read after a refusal ----

    [TestCase(0, 5, "", true)]
    [TestCase(0, 5, "held", false)]
    [TestCase(5, 5, "held", true)]
    [TestCase(5, 6, "held", false)]
    public void A_swap_is_worth_another_try_if_the_record_is_as_it_expects(long expected, long version, string body, bool again) =>
        Assert.That(Outcome.Allows(Taking with { Expected = expected }, new StoredRecord(version, 9, body, Now)), Is.EqualTo(again));

    [TestCase(-Second - 1, false)]
    [TestCase(-Second, true)]
    [TestCase((5 * Second) - 1, true)]
    [TestCase(5 * Second, false)]
    public void And_if_it_is_neither_too_early_nor_too_late(long later, bool again) =>
        Assert.That(Outcome.Allows(Taking, new StoredRecord(5, 9, "", Now + later)), Is.EqualTo(again));

    private static IEnumerable<Statement> All(LockSwap swap) =>
        [Statements.Claim(swap, Now), Statements.Replace(swap with { Expected = 55 }, Now), Statements.ReplaceFree(swap, Found, Now)];

    private static Dictionary<string, object> Part(Statement statement, string name) => (Dictionary<string, object>)statement.Update[name];

    private static DateTime At(long time) => DateTime.UnixEpoch.AddMicroseconds(time);

    private static string Shown(object value) => value switch
    {
        Dictionary<string, object> fields => string.Join(", ", fields.Select(field => $"{field.Key}: {(field.Value is Dictionary<string, object> ? $"({Shown(field.Value)})" : Shown(field.Value))}")),
        List<object> items => $"[{string.Join(", ", items.Select(item => item is Dictionary<string, object> ? $"({Shown(item)})" : Shown(item)))}]",
        DateTime time => time.ToString("O"),
        _ => $"{value}",
    };
}
