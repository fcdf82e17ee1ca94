using System.Diagnostics;
using GoGoScope.Tests.Leases.Record.Exploration;

namespace GoGoScope.Tests.Leases.Record;

/// <summary>Every state that three clients of one key can reach, until there is no new one.</summary>
/// <remarks>
/// <para>A client is what a real process is: it reads the record, works out what to do, asks the store to swap it, hears that it
/// was or which record stands there now, and then does it again; it waits, is woken, holds until its own deadline, releases, and
/// begins anew, for ever. Steps of clients come in every order, and the clock may move between any two of them. So the states
/// are all in which the three can be at once, not only those up to a number of steps.</para>
/// <para>In every state: a writer that believes that it holds is alone among those who believe so; those who believe that they hold
/// permits hold no more of them than there are; whoever believes it stands in
/// the record, and not for longer than its lease; whose turn it is has been granted the lock and is woken. At every swap: nobody
/// is evicted before its lease has ended by the store's clock; each token is higher than all that were used before or may
/// still be; the fence does not fall below them. And each change by itself is checked by <see cref="Model.RecordAudit"/>: writers
/// are alone, ranks are kept, nobody is passed over more than the bound, everybody who is granted is woken, and the same
/// command once more changes nothing and gives the same answer.</para>
/// <para>What is left out: each test lets only some of the things happen that can, as its name says, or there would be too many
/// states. The bound for being passed over is 2, a lease lasts 2 ticks, a request counts for 2 ticks, and one request at
/// a time is late: where several can hold, only the last one of who dies, as others could come and go beside it without end; and clocks are only behind there.
/// A reply is heard together with its swap where replies don't get lost: nobody else could tell. The rules of the store
/// itself (a fence that is later than the clock is kept, a record may be forgotten when it is free) are the stores' to prove.</para>
/// </remarks>
public sealed class ExhaustiveRecordTests
{
    private const int MostStates = 2_000_000;

    private static readonly Party Writer = new(LockMode.Exclusive);
    private static readonly Party Reader = new(LockMode.Read);

    // Of two permits.
    private static readonly Party Light = new(LockMode.Permits, Weight: 1);
    private static readonly Party Heavy = new(LockMode.Permits, Weight: 2);

    [Test]
    public void Writers_whose_requests_and_replies_get_lost_and_who_give_up() =>
        Explore(new(Writer, Writer, Writer) { LosesRequests = true, LosesReplies = true, Verbs = [Verb.GiveUp] });

    [Test]
    public void Writers_whose_requests_come_late() => Explore(new(Writer, Writer, Writer) { LosesRequests = true, DelaysSwaps = true });

    [Test]
    public void Writers_by_clocks_that_are_wrong_and_who_renew() => Explore(new(Writer, Writer, Writer) { ClockErrors = [0, -1, 1], Verbs = [Verb.Renew] });

    [Test]
    public void A_writer_that_dies_and_whose_last_request_comes_late() => Explore(new(Writer, Writer, Writer) { Dies = 0, DelaysSwaps = true });

    [Test]
    public void Writers_whose_wakes_and_replies_get_lost() =>
        Explore(new(Writer, Writer, Writer) { LosesWakes = true, LosesRequests = true, LosesReplies = true });

    [Test]
    public void Writers_that_release_for_their_next_and_whose_replies_get_lost() =>
        Explore(new(Writer, Writer, Writer) { Verbs = [Verb.LeaveForNext], LosesReplies = true });

    [Test]
    public void Writers_that_give_up_for_their_next() =>
        Explore(new(Writer, Writer, Writer) { Verbs = [Verb.GiveUp, Verb.LeaveForNext] });

    [Test]
    public void Writers_of_three_priorities() => Explore(new(Writer, Writer with { Priority = 1 }, Writer with { Priority = 2 }));

    [Test]
    public void Urgent_writers_that_release_for_their_next() =>
        Explore(new(Writer, Writer with { Priority = 1 }, Writer with { Priority = 1 }) { Verbs = [Verb.LeaveForNext] });

    [Test]
    public void Readers_and_a_writer_who_give_up() => Explore(new(Reader, Reader, Writer) { Verbs = [Verb.GiveUp] });

    [Test]
    public void Readers_and_a_writer_that_dies() => Explore(new(Reader, Reader, Writer) { Dies = 2 });

    [Test]
    public void Readers_one_of_whom_dies_and_a_writer() => Explore(new(Reader, Reader, Writer) { Dies = 0 });

    [Test]
    public void Urgent_readers_that_release_for_their_next_and_a_writer() =>
        Explore(new(Reader with { Priority = 1 }, Reader with { Priority = 1 }, Writer) { Verbs = [Verb.LeaveForNext] });

    [Test]
    public void A_reader_and_writers_that_are_raised() => Explore(new(Reader, Writer, Writer) { Verbs = [Verb.Raise] });

    [Test]
    public void Writers_that_draw_ahead_and_whose_replies_get_lost()
    {
        var writer = Writer with { Tokens = 3 };
        Explore(new(writer, writer, writer) { Verbs = [Verb.DrawMore], LosesReplies = true });
    }

    [Test]
    public void Readers_that_draw_ahead_and_a_writer() =>
        Explore(new(Reader with { Tokens = 2 }, Reader with { Tokens = 2 }, Writer) { Verbs = [Verb.DrawMore] });

    [Test]
    public void A_queue_for_one() =>
        Explore(new(Writer, Writer, Reader) { Verbs = [Verb.TryOnce], Limits = new() { MaxPassedOver = 2, MaxWaiters = 1 } });

    [Test]
    public void More_readers_than_one_swap_can_draw_tokens_for() =>
        Explore(new(Reader, Reader, Writer) { Limits = new() { MaxPassedOver = 2, MaxTokens = 1 } });

    [Test]
    public void Permits_of_those_whose_replies_get_lost() => Explore(new(Light, Light, Light) { LosesReplies = true });

    [Test]
    public void Permits_of_those_who_give_up() => Explore(new(Light, Light, Heavy) { Verbs = [Verb.GiveUp] });

    [Test]
    public void Permits_of_light_ones_and_of_a_heavy_one_that_dies() => Explore(new(Light, Light, Heavy) { Dies = 2 });

    [Test]
    public void Permits_of_light_ones_one_of_whom_dies_and_of_a_heavy_one() => Explore(new(Light, Light, Heavy) { Dies = 0 });

    [Test]
    public void Permits_of_urgent_light_ones_that_release_for_their_next_and_of_a_heavy_one() =>
        Explore(new(Light with { Priority = 1 }, Light with { Priority = 1 }, Heavy) { Verbs = [Verb.LeaveForNext] });

    [Test]
    public void A_key_that_is_asked_for_as_a_lock_and_as_a_semaphore() => Explore(new(Light, Light, Writer) { Verbs = [Verb.GiveUp, Verb.LeaveForNext] });

    [Test]
    public void Writers_that_release_for_their_next_and_one_that_dies() => Explore(new(Writer, Writer, Writer) { Dies = 0, Verbs = [Verb.LeaveForNext] });

    [Test]
    public void Writers_one_of_whom_dies_and_whose_replies_get_lost() => Explore(new(Writer, Writer, Writer) { Dies = 0, LosesReplies = true });

    [Test]
    public void Writers_who_give_up_and_one_that_dies() => Explore(new(Writer, Writer, Writer) { Dies = 0, Verbs = [Verb.GiveUp] });

    [Test]
    public void Writers_who_renew_and_one_that_dies() => Explore(new(Writer, Writer, Writer) { Dies = 0, Verbs = [Verb.Renew] });

    [Test]
    public void Writers_who_renew_and_whose_replies_get_lost() => Explore(new(Writer, Writer, Writer) { LosesReplies = true, Verbs = [Verb.Renew] });

    [Test]
    public void Writers_that_draw_ahead_and_one_that_dies()
    {
        var writer = Writer with { Tokens = 3 };
        Explore(new(writer, writer, writer) { Dies = 0, Verbs = [Verb.DrawMore] });
    }

    [Test]
    public void A_reader_that_dies_and_writers_that_are_raised() => Explore(new(Reader, Writer, Writer) { Dies = 0, Verbs = [Verb.Raise] });

    [Test]
    public void Writers_one_of_whom_is_raised_and_dies() => Explore(new(Writer, Writer, Writer) { Dies = 1, Verbs = [Verb.Raise] });

    [Test]
    public void Writers_that_are_raised_and_whose_replies_get_lost() => Explore(new(Writer, Writer, Writer) { LosesReplies = true, Verbs = [Verb.Raise] });

    [Test]
    public void Writers_that_release_for_their_next_and_one_that_dies_and_whose_last_request_comes_late() =>
        Explore(new(Writer, Writer, Writer) { Dies = 0, DelaysSwaps = true, Verbs = [Verb.LeaveForNext] });

    [Test]
    public void Writers_that_release_for_their_next_one_of_whom_dies_and_whose_replies_get_lost() =>
        Explore(new(Writer, Writer, Writer) { Dies = 0, LosesReplies = true, Verbs = [Verb.LeaveForNext] });

    [Test]
    public void Writers_who_give_up_one_of_whom_dies_and_whose_replies_get_lost() =>
        Explore(new(Writer, Writer, Writer) { Dies = 0, LosesReplies = true, Verbs = [Verb.GiveUp] });

    [Test]
    public void Those_who_try_once_and_a_writer_that_dies() => Explore(new(Writer, Writer, Reader) { Dies = 0, Verbs = [Verb.TryOnce] });

    [Test]
    public void Those_who_try_once_and_whose_replies_get_lost() => Explore(new(Writer, Writer, Reader) { LosesReplies = true, Verbs = [Verb.TryOnce] });

    [Test]
    public void Readers_one_of_whom_dies_and_whose_replies_get_lost() => Explore(new(Reader, Reader, Writer) { Dies = 0, LosesReplies = true });

    [Test]
    public void Readers_and_a_writer_whose_wakes_and_replies_get_lost() => Explore(new(Reader, Reader, Writer) { LosesWakes = true, LosesReplies = true });

    [Test]
    public void Readers_and_a_writer_by_clocks_that_are_behind_and_who_renew() => Explore(new(Reader, Reader, Writer) { ClockErrors = [0, -1], Verbs = [Verb.Renew] });

    [Test]
    public void Readers_and_a_writer_that_dies_and_whose_last_request_comes_late() => Explore(new(Reader, Reader, Writer) { Dies = 2, DelaysSwaps = true });

    [Test]
    public void Readers_one_of_whom_dies_and_whose_last_request_comes_late() => Explore(new(Reader, Reader, Writer) { Dies = 0, DelaysSwaps = true });

    [Test]
    public void Permits_of_those_whose_wakes_and_replies_get_lost() => Explore(new(Light, Light, Heavy) { LosesWakes = true, LosesReplies = true });

    [Test]
    public void Permits_of_a_heavy_one_that_dies_and_whose_last_request_comes_late() => Explore(new(Light, Light, Heavy) { Dies = 2, DelaysSwaps = true });

    [Test]
    public void Permits_of_light_ones_one_of_whom_dies_and_whose_last_request_comes_late() => Explore(new(Light, Light, Heavy) { Dies = 0, DelaysSwaps = true });

    private static void Explore(Setup setup)
    {
        var explorer = new Explorer(setup);
        var started = Stopwatch.GetTimestamp();
        explorer.Run(MostStates);
        TestContext.Out.WriteLine(
            $"explored {explorer.States} states, {explorer.Steps:N0} steps between them, {explorer.Changes:N0} changes of a record, "
            + $"{Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s");
    }
}
