using System.Text.Json.Nodes;
using GoGoScope.Tests.Run;

namespace GoGoScope.Tests.Leases.Record;

/// <summary>Random records and their text.</summary>
public sealed class RandomTextTests
{
    [Test]
    public void What_is_read_is_what_was_written() => RandomRuns.Check(2_000, longest: 12, numbers =>
    {
        var record = Record(numbers);
        Same(Read(record.ToBody(), record.Fence), record);
    });

    [Test]
    public void Members_of_a_newer_version_change_nothing() => RandomRuns.Check(1_000, longest: 12, numbers =>
    {
        var record = Record(numbers);
        if (record.IsFree) return;
        var body = JsonNode.Parse(record.ToBody())!.AsObject();
        var choices = new Choices(numbers.Length);
        AddForeign(body, choices);
        foreach (var list in new[] { "holders", "waiters" })
        {
            foreach (var item in body[list]?.AsArray() ?? []) AddForeign(item!.AsObject(), choices);
        }
        Same(Read(body.ToJsonString(), record.Fence), record);
    });

    [Test]
    public void A_body_that_was_cut_short_is_refused() => RandomRuns.Check(60, longest: 6, numbers =>
    {
        var record = Record(numbers);
        var body = record.ToBody();
        for (var length = 1; length < body.Length; length++)
        {
            var cut = body[..length];
            Assert.That(() => Read(cut, record.Fence), Throws.TypeOf<FormatException>(), cut);
        }
    });

    [Test]
    public void A_body_that_was_damaged_is_read_or_refused() => RandomRuns.Check(2_000, longest: 6, numbers =>
    {
        var record = Record(numbers);
        var body = record.ToBody().ToCharArray();
        if (body.Length == 0) return;
        var choices = new Choices(numbers[0]);
        for (var i = 0; i < 3; i++) body[choices.Next(body.Length)] = choices.Of('"', '{', '}', '[', ']', ',', ':', '0', '9', '-', 'e', '\\', '\0', '\ud800', 'é');
        try
        {
            Read(new string(body), record.Fence);
        }
        catch (FormatException refused)
        {
            Assert.That(refused.Message, Does.StartWith("The body is no record of a lock: "));
        }
    });

    private static LockRecord Read(string body, long fence) => LockRecord.Parse(new StoredRecord(1, fence, body, 0));

    private static void Same(LockRecord found, LockRecord expected)
    {
        Assert.That(found.Holders.ToArray(), Is.EqualTo(expected.Holders.ToArray()));
        Assert.That(found.Waiters.ToArray(), Is.EqualTo(expected.Waiters.ToArray()));
    }

    private static LockRecord Record(int[] numbers)
    {
        const long Fence = 1_794_395_471_000_000;
        var holders = new List<RecordHolder>();
        var waiters = new List<RecordWaiter>();
        foreach (var choices in numbers.Select(number => new Choices(number)))
        {
            var contender = new Contender
            {
                Id = new ContenderId(choices.Of("a", "web-1", "A_b-9", new string('x', 64)), choices.Of(0, 7, long.MaxValue)),
                Owner = Text(choices),
                Mode = choices.Of(LockMode.Read, LockMode.Exclusive),
                Priority = choices.Of(0, 1, -1, int.MaxValue, int.MinValue, choices.Next(1_000)),
                TimeToLive = 1 + choices.Of(0L, 29_999_999, choices.Next(int.MaxValue), StoreTime.Latest - 1),
                Tokens = choices.Of(1, 64, 1 + choices.Next(64)),
            };
            if (choices.OneIn(2)) waiters.Add(new RecordWaiter(contender, choices.Of(0, 1, 32, int.MaxValue), choices.Of(0L, 1, choices.Next(int.MaxValue) * 1_000_003L)));
            else if (contender.Mode == LockMode.Read) holders.Add(new RecordHolder(contender.Id, contender.Owner, LockMode.Read, Fence - 70 + choices.Next(6), Fence - 64 + choices.Next(64), choices.Next(int.MaxValue) * 1_000_003L, Since: choices.Of(0L, 1, choices.Next(int.MaxValue) * 1_000_003L)));
        }
        holders.RemoveAll(h => h.LastToken - h.Token > RecordLimits.MaxDraw);
        return new Choices(numbers.Length).OneIn(2) ? Permits(holders, waiters, Fence) : new LockRecord(holders.Count + waiters.Count == 0 ? 0 : Fence, [.. holders], [.. waiters]);
    }

    /// <summary>The same, as a semaphore.</summary>
    private static LockRecord Permits(List<RecordHolder> holders, List<RecordWaiter> waiters, long fence)
    {
        if (holders.Count + waiters.Count == 0) return LockRecord.Free;
        var permits = 3 * holders.Count + 1;
        var light = 0;
        return new LockRecord(
            fence, [.. holders.Select(h => h with { Mode = LockMode.Permits, Weight = 1 + light++ % 3 })],
            [.. waiters.Select(w => w with { Contender = w.Contender with { Mode = LockMode.Permits, Weight = 1 + light++ % permits, Permits = permits } })], permits);
    }

    private static string Text(Choices choices) =>
        string.Concat(Enumerable.Range(0, choices.Next(12)).Select(_ => choices.Of("a", " ", "\"", "\\", "\n", "\0", "<", "é", "日", "👍", "\u2028", "{", "]", "\u007f")));

    private static void AddForeign(JsonObject item, Choices choices)
    {
        for (var i = choices.Next(3); i >= 0; i--)
        {
            JsonNode? value = choices.Next(5) switch
            {
                0 => null,
                1 => JsonValue.Create("x\"]}"),
                2 => JsonValue.Create(-1.5e300),
                3 => new JsonArray(new JsonObject { ["id"] = "nobody.1" }, new JsonArray()),
                _ => new JsonObject { ["holders"] = new JsonArray(1, 2), ["token"] = "none" },
            };
            item.Insert(choices.Next(item.Count + 1), $"foreign{i}", value);
        }
    }
}
