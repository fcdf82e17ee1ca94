namespace GoGoScope.Tests.Primitives;

[TestFixture]
public sealed class EnsureTests
{
    private static readonly TimeSpan[] GoodTimeouts = [TimeSpan.Zero, TimeSpan.FromTicks(1), TimeSpan.FromDays(1), TimeSpan.MaxValue, Timeout.InfiniteTimeSpan];
    private static readonly TimeSpan[] BadTimeouts = [TimeSpan.FromTicks(-1), TimeSpan.FromMilliseconds(-2), TimeSpan.MinValue];
    private static readonly TimeSpan[] NotPositive = [TimeSpan.Zero, TimeSpan.FromTicks(-1), Timeout.InfiniteTimeSpan, TimeSpan.MinValue];

    [TestCaseSource(nameof(GoodTimeouts))]
    public void A_timeout_is_zero_positive_or_infinite(TimeSpan timeout) => Assert.That(Ensure.Timeout(timeout), Is.EqualTo(timeout));

    [TestCaseSource(nameof(BadTimeouts))]
    public void A_negative_timeout_is_refused_with_its_value(TimeSpan patience) =>
        Assert.That(
            () => Ensure.Timeout(patience),
            Throws.TypeOf<ArgumentOutOfRangeException>()
                .With.Property(nameof(ArgumentException.ParamName)).EqualTo(nameof(patience))
                .And.Property(nameof(ArgumentOutOfRangeException.ActualValue)).EqualTo(patience)
                .And.Message.Contains("Timeout.InfiniteTimeSpan"));

    [TestCaseSource(nameof(NotPositive))]
    public void A_length_is_more_than_zero(TimeSpan length) =>
        Assert.Multiple(() =>
        {
            Assert.That(
                () => Ensure.Positive(length),
                Throws.TypeOf<ArgumentOutOfRangeException>()
                    .With.Property(nameof(ArgumentException.ParamName)).EqualTo(nameof(length))
                    .And.Property(nameof(ArgumentOutOfRangeException.ActualValue)).EqualTo(length));
            Assert.That(() => Ensure.PositiveOrNull(length, "TimeToLive"), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("TimeToLive"));
        });

    [Test]
    public void A_good_length_passes()
    {
        Assert.That(Ensure.Positive(TimeSpan.FromTicks(1)), Is.EqualTo(TimeSpan.FromTicks(1)));
        Assert.That(Ensure.PositiveOrNull(TimeSpan.FromTicks(1)), Is.EqualTo(TimeSpan.FromTicks(1)));
        Assert.That(Ensure.PositiveOrNull(null), Is.Null);
    }

    [TestCase("")]
    [TestCase(" ")]
    [TestCase("\t\n\u2003")]
    public void An_empty_key_is_refused(string key)
    {
        Assert.That(() => Ensure.Key(key), Throws.TypeOf<ArgumentException>().With.Property(nameof(ArgumentException.ParamName)).EqualTo("key"));
        Assert.That(() => Ensure.NameOrNull(key, "Owner"), Throws.TypeOf<ArgumentException>().With.Property(nameof(ArgumentException.ParamName)).EqualTo("Owner"));
    }

    [Test]
    public void A_key_is_never_null_and_a_name_may_be()
    {
        string? key = null;
        Assert.That(() => Ensure.Key(key), Throws.ArgumentNullException.With.Property(nameof(ArgumentException.ParamName)).EqualTo("key"));
        Assert.That(Ensure.NameOrNull(null), Is.Null);
    }

    [TestCase("order:1")]
    [TestCase(" padded ")]
    [TestCase("{\"a\": 'b'}\0")]
    [TestCase("ключ 🔑")]
    public void Any_other_text_is_a_key_and_stays_as_it_is(string key)
    {
        Assert.That(Ensure.Key(key), Is.SameAs(key));
        Assert.That(Ensure.NameOrNull(key), Is.SameAs(key));
    }

    [Test]
    public void An_undefined_value_is_refused_with_those_that_are_defined()
    {
        Assert.That(Ensure.Defined(LockMode.Read), Is.EqualTo(LockMode.Read));
        Assert.That(
            () => Ensure.Defined((LockMode)7, "Mode"),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("Exclusive, Read").And.Message.Contains("Mode"));
    }
}
