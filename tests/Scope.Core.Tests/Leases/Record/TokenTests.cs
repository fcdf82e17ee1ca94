namespace GoGoScope.Tests.Leases.Record;

/// <summary>Which fencing tokens are drawn, given back, and written.</summary>
public sealed class TokenTests : RecordTestBase
{
    [Test]
    public void The_first_token_of_a_key_is_later_than_the_stores_clock() => Assert.That(Do(Enter(Writer("a"))).Tokens.First, Is.EqualTo(Cell.Clock + 1));

    [Test]
    public void Tokens_from_a_free_record_are_written_relative_to_the_fence_and_then_absolute()
    {
        EnterAll(Reader("a", tokens: 2));
        Assert.That(Cell.Stored.Body, Does.Contain("\"token\":-1,\"lastToken\":0"));
        Assert.That(Holder("a").Tokens, Is.EqualTo(new TokenRange(Cell.Clock + 1, Cell.Clock + 2)));

        EnterAll(Reader("b"));
        Assert.That(Cell.Stored.Body, Does.Contain($"\"token\":{Cell.Clock + 1},\"lastToken\":{Cell.Clock + 2}").And.Contain($"\"token\":{Cell.Clock + 3},"));
    }

    [Test]
    public void Tokens_rise_over_releases_hand_overs_and_expiry()
    {
        var tokens = new List<long> { Do(Enter(Writer("a"))).Tokens.First };
        Do(Enter(Writer("b")));
        Do(Leave("a"));
        tokens.Add(Holder("b").Token);
        Cell.Clock += Lease;
        tokens.Add(Do(Enter(Writer("c"))).Tokens.First);
        Do(Leave("c"));
        tokens.Add(Do(Enter(Writer("d"))).Tokens.First);
        Assert.That(tokens, Is.Ordered.Ascending.And.Unique);
    }

    [Test]
    public void Tokens_rise_even_if_the_stores_clock_is_behind_the_fence()
    {
        var first = Do(Enter(Writer("a"))).Tokens.First;
        Do(Leave("a"));
        Cell.Clock -= 1_000 * Second;
        Assert.That(Do(Enter(Writer("b"))).Tokens.First, Is.EqualTo(first + 1));
    }

    [Test]
    public void What_was_drawn_ahead_and_not_used_is_given_back()
    {
        var tokens = Do(Enter(Writer("a", tokens: 10))).Tokens;
        Assert.That(tokens.Count, Is.EqualTo(10));
        Assert.That(Do(Leave("a", lastUsed: tokens.First + 3)).Draw, Is.EqualTo(-6));
        Assert.That(Cell.Stored.Fence, Is.EqualTo(tokens.First + 3));
    }

    [Test]
    public void The_first_token_is_never_given_back()
    {
        var tokens = Do(Enter(Writer("a", tokens: 10))).Tokens;
        Assert.That(Do(Leave("a", lastUsed: 0)).Draw, Is.EqualTo(-9));
        Assert.That(Cell.Stored.Fence, Is.EqualTo(tokens.First));
    }

    [Test]
    public void A_hand_over_gives_back_and_draws_in_one_swap()
    {
        var tokens = Do(Enter(Writer("a", tokens: 10))).Tokens;
        Do(Enter(Writer("b", tokens: 4)));
        Assert.That(Do(Leave("a", lastUsed: tokens.First)).Draw, Is.EqualTo(4 - 9));
        Assert.That(Holder("b").Tokens, Is.EqualTo(new TokenRange(tokens.First + 1, tokens.First + 4)));
    }

    [Test]
    public void What_is_not_the_last_is_not_given_back()
    {
        EnterAll(Reader("a", tokens: 10), Reader("b"));
        Assert.That(Do(Leave("a")).Draw, Is.Zero);
    }

    [Test]
    public void An_evicted_holders_tokens_are_not_given_back()
    {
        var tokens = Do(Enter(Writer("a", tokens: 10, timeToLive: 5))).Tokens;
        Cell.Clock += 5;
        Assert.That(Do(Enter(Writer("b"))).Tokens.First, Is.EqualTo(tokens.Last + 1));
    }

    [Test]
    public void A_hand_over_starts_from_the_clock()
    {
        EnterAll(Writer("a", tokens: 10), Writer("b", tokens: 2), Reader("c"));
        Cell.Clock += Second;
        Do(Leave("a"));
        Assert.That(Holder("b").Tokens, Is.EqualTo(new TokenRange(Cell.Clock + 1, Cell.Clock + 2)));
        Cell.Clock += Lease;
        Assert.That(Do(Enter(Reader("c"))).Tokens.First, Is.EqualTo(Cell.Clock + 1), "the lease before has ended");
        Cell.Clock += Second;
        var third = Holder("c").Token + 1;
        Assert.That(Do(Enter(Reader("d"))).Tokens.First, Is.EqualTo(third), "another has one of before");
    }

    [Test]
    public void Who_comes_after_grants_that_the_store_has_lost_has_a_later_token()
    {
        EnterAll(Writer("a"), Writer("b"), Writer("c"));
        var before = Cell.Stored;
        Cell.Clock += Second;
        Do(Leave("a"));
        var lost = Holder("b").Token;
        Cell.Put(before.Body, before.Fence);
        Cell.Clock += Lease;
        Do(Enter(Writer("c")));
        Assert.That(Holder("b").Token, Is.GreaterThan(lost), "from the record that somebody holds");

        Do(Leave("b"));
        lost = Holder("c").Token;
        Do(Leave("c"));
        Cell.Put(before.Body, before.Fence);
        Cell.Clock += Second;
        Do(Leave("a"));
        Assert.That(Holder("b").Token, Is.GreaterThan(lost));
    }

    [Test]
    public void Those_who_are_granted_together_share_what_may_be_drawn()
    {
        EnterAll(Writer("a"), Reader("b", tokens: 1_000), Reader("c", tokens: 1_000), Reader("d", tokens: 2));
        Assert.That(Do(Leave("a")).Draw, Is.EqualTo(1_000));
        Assert.That((Holder("b").Tokens.Count, Holder("c").Tokens.Count, Holder("d").Tokens.Count), Is.EqualTo((998, 1, 1)));
    }

    [Test]
    public void No_more_than_a_thousand_are_drawn_ahead_at_any_time()
    {
        EnterAll(Reader("a", tokens: 996), Reader("b", tokens: 996), Reader("c", tokens: 996));
        Assert.That((Holder("a").Tokens.Count, Holder("b").Tokens.Count, Holder("c").Tokens.Count), Is.EqualTo((996, 6, 1)));
    }

    [Test]
    public void A_crowd_of_readers_is_granted_by_as_many_swaps_as_it_takes()
    {
        Cell = new() { Limits = new() { MaxTokens = 2 } };
        EnterAll(Writer("a"), Reader("b"), Reader("c"), Reader("d"), Reader("e"), Reader("f"));
        Assert.That(Do(Leave("a")).Wake, Is.EqualTo(["b", "c", "d"]));
        Assert.That(Cell.ToString(), Is.EqualTo("b c | d e f"));
        Assert.That(Do(Enter(Reader("d"))).Wake, Is.EqualTo(["e", "f"]), "the one that was granted, and the one to go on");
        Assert.That(Do(Enter(Reader("f"))).Outcome, Is.EqualTo(RecordOutcome.Granted));
        Assert.That(Cell.ToString(), Is.EqualTo("b c d e f"));
    }

    [Test]
    public void Nobody_comes_before_the_crowd_that_waits_for_tokens()
    {
        Cell = new() { Limits = new() { MaxTokens = 2 } };
        EnterAll(Writer("a"), Reader("b"), Reader("c"), Reader("d"), Reader("e"), Reader("f"));
        Do(Leave("a"));
        Assert.That(Do(Enter(Reader("g"))).Outcome, Is.EqualTo(RecordOutcome.Waiting));
        Assert.That(Cell.ToString(), Is.EqualTo("b c d e | f g"));
    }

    // ---- more for a hold ----

    [Test]
    public void A_hold_draws_until_it_has_as_many_as_it_wants()
    {
        var first = Do(Enter(Writer("a", tokens: 3))).Tokens.First;
        var answer = Do(Draw("a", 4, lastUsed: first + 1));
        Assert.That((answer.Outcome, answer.Draw, answer.Tokens), Is.EqualTo((RecordOutcome.Granted, 3, new TokenRange(first + 2, first + 5))));
        Assert.That(Holder("a").Tokens, Is.EqualTo(new TokenRange(first + 1, first + 5)));
    }

    [Test]
    public void A_hold_that_has_enough_draws_nothing()
    {
        var tokens = Do(Enter(Writer("a", tokens: 5))).Tokens;
        var answer = Do(Draw("a", 4, lastUsed: tokens.First));
        Assert.That((answer.Changed, answer.Tokens), Is.EqualTo((false, new TokenRange(tokens.First + 1, tokens.Last))));
    }

    [Test]
    public void A_hold_after_whom_somebody_drew_gets_new_ones_at_the_end()
    {
        var first = Do(Enter(Reader("a", tokens: 2))).Tokens.First;
        var other = Do(Enter(Reader("b"))).Tokens.First;
        var answer = Do(Draw("a", 2, lastUsed: first + 1));
        Assert.That(answer.Tokens, Is.EqualTo(new TokenRange(other + 1, other + 2)));
        Assert.That(Do(Draw("a", 2, lastUsed: first + 1)).Tokens, Is.EqualTo(answer.Tokens), "asked again");
        Assert.That(Do(Leave("a", lastUsed: first + 1)).Draw, Is.EqualTo(-1));
    }

    [Test]
    public void Nobody_draws_without_a_hold()
    {
        EnterAll(Writer("a"), Writer("b"));
        Assert.That(Do(Draw("b", 4, lastUsed: 0)).Outcome, Is.EqualTo(RecordOutcome.Lost));
        Cell.Clock += Lease;
        Assert.That(Do(Draw("a", 4, lastUsed: 0)).Outcome, Is.EqualTo(RecordOutcome.Lost));
    }
}
