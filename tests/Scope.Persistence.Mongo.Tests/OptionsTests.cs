namespace GoGoScope.Persistence.Mongo.Tests;

[TestFixture]
public sealed class OptionsTests
{
    [TestCase("")]
    [TestCase("lo$cks")]
    [TestCase("lo\0cks")]
    [TestCase("system.locks")]
    public void A_collection_that_MongoDB_does_not_take_is_refused(string name) =>
        Assert.That(() => new MongoStoreOptions { Collection = name }, Throws.ArgumentException);

    [Test]
    public void Nor_has_it_a_name_that_is_no_UTF_8() => Assert.That(() => new MongoStoreOptions { Collection = "\ud800" }, Throws.ArgumentException);

    [TestCase(0)]
    [TestCase(23.9)]
    [TestCase(24.0 * 366 * 69)]
    public void Documents_are_kept_for_a_day_at_least(double hours) =>
        Assert.That(() => new MongoStoreOptions { ForgetAfter = TimeSpan.FromHours(hours) }, Throws.TypeOf<ArgumentOutOfRangeException>());

    [Test]
    public void What_is_good_is_taken()
    {
        var options = new MongoStoreOptions { Collection = "our locks", ForgetAfter = TimeSpan.FromDays(1), Watch = false };
        Assert.That((options.Collection, options.ForgetAfter, options.Watch), Is.EqualTo(("our locks", TimeSpan.FromDays(1), false)));
        Assert.That(new MongoStoreOptions().Collection, Is.EqualTo("gogoscope_locks"));
    }

    [Test]
    public void A_change_stream_asks_for_what_wakes_the_process_by_that_very_change()
    {
        var stages = ChangeEvents.Pipeline("p1").ToList();
        Assert.That(stages[0].Keys, Is.EqualTo(["$changeStream"]));
        var either = (List<object>)((Dictionary<string, object>)stages[1]["$match"])["$or"];
        Assert.That(either.Cast<Dictionary<string, object>>().Select(one => string.Join(" ", one.Select(field => $"{field.Key}={field.Value}"))), Is.EqualTo(
        [
            "operationType=insert fullDocument.wake=p1",
            "operationType=update updateDescription.updatedFields.wake=p1",
        ]));
    }

    [Test]
    public void A_deployment_without_change_streams_is_known_by_its_error()
    {
        Assert.That(ChangeEvents.SaysThatThereAreNone(40573));
        // Unauthorized is for the user to hear.
        Assert.That(ChangeEvents.SaysThatThereAreNone(13), Is.False);
    }
}
