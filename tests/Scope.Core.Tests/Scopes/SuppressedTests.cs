using System.Collections;
using System.Collections.ObjectModel;

namespace GoGoScope.Tests.Scopes;

[TestFixture]
public sealed class SuppressedTests
{
    [Test]
    public void Most_exceptions_carry_none() => Assert.That(new Boom().GetSuppressed(), Is.Empty);

    [Test]
    public void Attaching_twice_adds_what_is_new_once()
    {
        Exception a = new Boom("a"), b = new Boom("b"), c = new Boom("c");
        Assert.That(SuppressedExceptions.Attach([a, b, b]), Is.SameAs(a));
        Assert.That(SuppressedExceptions.Attach([a, b, c]), Is.SameAs(a));
        Assert.That(a.GetSuppressed(), Is.EqualTo([b, c]));
        Assert.That(a.GetSuppressed()[1], Is.SameAs(c));
    }

    [Test]
    public void Nothing_is_attached_to_itself_nor_in_a_circle()
    {
        Exception a = new Boom("a"), b = new Boom("b");
        SuppressedExceptions.Attach([a, a]);
        Assert.That(a.GetSuppressed(), Is.Empty);
        Assert.That(a.Data, Is.Empty);

        SuppressedExceptions.Attach([a, b]);
        SuppressedExceptions.Attach([b, a]);
        Assert.That(b.GetSuppressed(), Is.Empty);
    }

    [TestCase(Refusal.Null)]
    [TestCase(Refusal.ReadOnly)]
    [TestCase(Refusal.Throws)]
    public void An_exception_that_can_carry_nothing_leads_an_aggregate(Refusal refusal)
    {
        Exception first = new Stubborn(refusal), second = new Boom();
        var thrown = SuppressedExceptions.Attach([first, second, first]);
        Assert.That(thrown, Is.TypeOf<AggregateException>());
        Assert.That(((AggregateException)thrown).InnerExceptions, Is.EqualTo([first, second]));
    }

    [Test]
    public void The_data_reads_well_in_a_log()
    {
        var first = new Boom("a");
        SuppressedExceptions.Attach([first, new Boom("b"), new HttpRequestException("c")]);
        Assert.That(first.Data["GoGoScope.Suppressed"]!.ToString(), Does.Contain("b").And.Contain("HttpRequestException: c"));
    }

    public enum Refusal { Null, ReadOnly, Throws }

    private sealed class Stubborn(Refusal refusal) : Exception
    {
        public override IDictionary Data => refusal switch
        {
            Refusal.Null => null!,
            Refusal.ReadOnly => new ReadOnlyDictionary<object, object>(new Dictionary<object, object>()),
            _ => throw new NotSupportedException(),
        };
    }
}
