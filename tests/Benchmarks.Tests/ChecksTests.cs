using GoGoScope.Benchmarks.Checks;

namespace GoGoScope.Benchmarks.Tests;

/// <summary>The checks notice what they are there for.</summary>
[TestFixture]
public sealed class ChecksTests
{
    [Test]
    public void A_lost_count_is_noticed() =>
        Assert.That(() => new Tally { Value = 9 }.Expect(10), Throws.TypeOf<ExclusionViolatedException>());

    [Test]
    public void A_reader_that_comes_in_beside_a_writer_is_noticed()
    {
        var pages = new Pages();
        pages.BeginWrite();
        Assert.That(() => pages.Read(), Throws.TypeOf<ExclusionViolatedException>());
    }

    [Test]
    public void A_writer_that_comes_and_goes_beside_a_reader_is_noticed()
    {
        var pages = new Pages();
        var seen = pages.Read();
        pages.EndWrite(pages.BeginWrite());
        Assert.That(() => pages.ExpectUnchanged(seen), Throws.TypeOf<ExclusionViolatedException>());
    }

    [Test]
    public void A_writer_beside_a_writer_is_noticed()
    {
        var pages = new Pages();
        pages.BeginWrite();
        Assert.That(() => pages.BeginWrite(), Throws.TypeOf<ExclusionViolatedException>());
    }

    [Test]
    public void Readers_and_writers_in_turn_are_fine()
    {
        var pages = new Pages();
        pages.EndWrite(pages.BeginWrite());
        var seen = pages.Read();
        Assert.That(() => pages.ExpectUnchanged(seen), Throws.Nothing);
        Assert.That(() => pages.Expect(1), Throws.Nothing);
        Assert.That(() => pages.Expect(2), Throws.TypeOf<ExclusionViolatedException>());
    }
}
