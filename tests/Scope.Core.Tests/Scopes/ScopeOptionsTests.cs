namespace GoGoScope.Tests.Scopes;

[TestFixture]
public sealed class ScopeOptionsTests
{
    [Test]
    public void Have_defaults()
    {
        var options = new ScopeOptions();
        Assert.Multiple(() =>
        {
            Assert.That(options.Name, Is.Null);
            Assert.That(options.Timeout, Is.EqualTo(Timeout.InfiniteTimeSpan));
            Assert.That(options.FailurePolicy, Is.EqualTo(FailurePolicy.FailFast));
            Assert.That(options.MaxConcurrency, Is.Null);
            Assert.That(options.TimeProvider, Is.Null);
            Assert.That(options.LockProvider, Is.Null);
        });
    }

    [TestCase("")]
    [TestCase(" \t")]
    public void Refuse_a_name_that_says_nothing(string name) =>
        Assert.That(() => new ScopeOptions { Name = name }, Throws.ArgumentException.With.Message.Contains($"\"{name}\""));

    [Test]
    public void Refuse_a_negative_time() =>
        Assert.That(() => new ScopeOptions { Timeout = TimeSpan.FromSeconds(-1) }, Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ActualValue").EqualTo(TimeSpan.FromSeconds(-1)));

    [TestCase(0)]
    [TestCase(-3)]
    public void Refuse_a_concurrency_below_one(int value) =>
        Assert.That(() => new ScopeOptions { MaxConcurrency = value }, Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("MaxConcurrency"));

    [Test]
    public void Refuse_an_unknown_policy() =>
        Assert.That(() => new ScopeOptions { FailurePolicy = (FailurePolicy)5 }, Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("Supervise"));

    [Test]
    public void Can_be_changed_by_with()
    {
        var options = new ScopeOptions { Name = "a", MaxConcurrency = 2 };
        Assert.That(options with { MaxConcurrency = null }, Is.EqualTo(new ScopeOptions { Name = "a" }));
        Assert.That(() => options with { Timeout = TimeSpan.MinValue }, Throws.TypeOf<ArgumentOutOfRangeException>());
    }
}
