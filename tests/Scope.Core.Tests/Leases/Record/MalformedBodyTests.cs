namespace GoGoScope.Tests.Leases.Record;

/// <summary>A body that is no record is refused by an error that says what is wrong with it.</summary>
public sealed class MalformedBodyTests
{
    private const string Holder = """
        {"id":"a.1","owner":"o","mode":"read","token":5,"expires":"2026-11-11T12:00:00Z"}
        """;

    private const string Waiter = """
        {"id":"a.1","owner":"o","mode":"read","ttlSeconds":30}
        """;

    [TestCase("x", "it is no JSON")]
    [TestCase("{", "it is no JSON")]
    [TestCase("{} {}", "it is no JSON")]
    [TestCase("[]", "it is no JSON object")]
    [TestCase("7", "it is no JSON object")]
    [TestCase("""{"holders":[{"id":"a.1","owner":"\ud800"}]}""", "it is no JSON")]
    [TestCase("""{"holders":{}}""", "holders is no list")]
    [TestCase("""{"waiters":null}""", "waiters is no list")]
    [TestCase("""{"holders":[7]}""", "holders[0] is no object")]
    [TestCase("""{"holders":[],"waiters":[[]]}""", "waiters[0] is no object")]
    public void What_is_no_record(string body, string what) => Refused(body, what);

    [TestCase("\"a.1\"", "\"a\"", "id is not \"process.number\"")]
    [TestCase("\"a.1\"", "1", "id is not a text")]
    [TestCase("\"o\"", "null", "owner is not a text")]
    [TestCase("\"read\"", "\"upgrade\"", "mode is not \"exclusive\", \"read\" or \"permits\"")]
    [TestCase("\"read\"", "0", "mode is not \"exclusive\", \"read\" or \"permits\"")]
    [TestCase(":5", ":10", "token is not a token up to the fence, 9")]
    [TestCase(":5", ":-9", "token is not a token up to the fence, 9")]
    [TestCase(":5", ":1.5", "token is not a token up to the fence, 9")]
    [TestCase(":5", ":5,\"lastToken\":4", "lastToken is not a token from 5")]
    [TestCase(":5", ":5,\"lastToken\":\"9\"", "lastToken is not a token up to the fence, 9")]
    [TestCase("2026-11-11T12", "noon", "expires is not a time")]
    public void A_holder_that_is_none(string right, string wrong, string what) =>
        Refused($$"""{"holders":[{{Holder}},{{Replaced(Holder, right, wrong)}}]}""", "holders[1]." + what);

    [TestCase(":30", ":0", "ttlSeconds is not seconds, more than zero")]
    [TestCase(":30", ":-1", "ttlSeconds is not seconds, more than zero")]
    [TestCase(":30", ":1e-7", "ttlSeconds is not seconds, more than zero")]
    [TestCase(":30", ":1e99", "ttlSeconds is not seconds, more than zero")]
    [TestCase(":30", ":\"30\"", "ttlSeconds is not seconds, more than zero")]
    [TestCase(":30", ":30,\"priority\":1.5", "priority is not a number")]
    [TestCase(":30", ":30,\"passedOver\":-1", "passedOver is not a number from 0")]
    [TestCase(":30", ":30,\"tokens\":0", "tokens is not a number from 1 to 1000")]
    [TestCase(":30", ":30,\"tokens\":1001", "tokens is not a number from 1 to 1000")]
    public void A_waiter_that_is_none(string right, string wrong, string what) =>
        Refused($$"""{"holders":[{{Holder}}],"waiters":[{{Replaced(Waiter, right, wrong)}}]}""", "waiters[0]." + what);

    [TestCase("id")]
    [TestCase("owner")]
    [TestCase("mode")]
    [TestCase("token")]
    [TestCase("expires")]
    public void A_holder_of_which_something_is_missing(string member) =>
        Refused($$"""{"holders":[{{Replaced(Holder, $"\"{member}\"", "\"other\"")}}]}""", $"holders[0] has no {member}");

    [TestCase("id")]
    [TestCase("owner")]
    [TestCase("mode")]
    [TestCase("ttlSeconds")]
    public void A_waiter_of_which_something_is_missing(string member) =>
        Refused($$"""{"waiters":[{{Replaced(Waiter, $"\"{member}\"", "\"other\"")}}]}""", $"waiters[0] has no {member}");

    [Test]
    public void A_range_that_nobody_draws() => Refused($$"""{"holders":[{{Replaced(Holder, ":5", ":5,\"lastToken\":1006")}}]}""", "holders[0].lastToken", fence: 9999);

    [Test]
    public void An_exclusive_holder_beside_another() =>
        Refused($$"""{"holders":[{{Holder}},{{Replaced(Holder, "read", "exclusive")}}]}""", "an exclusive holder is not alone");

    [Test]
    public void A_record_without_a_fence() => Refused($$"""{"holders":[{{Holder}}]}""", "a fence of 1 or more, not 0", fence: 0);

    [Test]
    public void A_long_body_is_shown_in_part()
    {
        var error = Refused(new string('x', 10_000), "it is no JSON");
        Assert.That(error.Message, Has.Length.LessThan(500).And.EndWith("xxx..."));
    }

    [Test]
    public void Nesting_has_an_end() => Refused($$"""{"later":{{new string('[', 1_000)}}""", "it is no JSON");

    private static FormatException Refused(string body, string what, long fence = 9)
    {
        var error = Assert.Throws<FormatException>(() => LockRecord.Parse(new StoredRecord(1, fence, body, 1)))!;
        Assert.That(error.Message, Does.Contain(what).And.Contain("It begins: " + body[..Math.Min(body.Length, 200)]));
        return error;
    }

    private static string Replaced(string text, string right, string wrong)
    {
        Assert.That(text, Does.Contain(right));
        return text.Replace(right, wrong, StringComparison.Ordinal);
    }
}
