using GoGoScope.Benchmarks.Checks;

namespace GoGoScope.Benchmarks.Tests;

/// <summary>The check that processes share notices what it is there for.</summary>
[TestFixture]
public sealed class SharedPagesTests
{
    private string _file = null!;
    private SharedPages _ours = null!;
    private SharedPages _theirs = null!;

    [SetUp]
    public void Map()
    {
        _file = Path.GetTempFileName();
        (_ours, _theirs) = (new SharedPages(_file), new SharedPages(_file));
    }

    [TearDown]
    public void Unmap()
    {
        _ours.Dispose();
        _theirs.Dispose();
        File.Delete(_file);
    }

    [Test]
    public void A_reader_that_comes_in_beside_a_writer_is_noticed()
    {
        _theirs.BeginWrite();
        Assert.That(() => _ours.Read(), Throws.TypeOf<ExclusionViolatedException>());
    }

    [Test]
    public void A_writer_that_comes_and_goes_beside_a_reader_is_noticed()
    {
        var seen = _ours.Read();
        _theirs.EndWrite(_theirs.BeginWrite());
        Assert.That(() => _ours.ExpectUnchanged(seen), Throws.TypeOf<ExclusionViolatedException>());
    }

    [Test]
    public void A_writer_beside_a_writer_is_noticed()
    {
        var next = _ours.BeginWrite();
        Assert.That(() => _theirs.BeginWrite(), Throws.TypeOf<ExclusionViolatedException>());
        _ours.EndWrite(next);
        Assert.That(() => _theirs.EndWrite(next + 1), Throws.TypeOf<ExclusionViolatedException>());
    }

    [Test]
    public void Readers_and_writers_in_turn_are_fine()
    {
        _theirs.EndWrite(_theirs.BeginWrite());
        _ours.EndWrite(_ours.BeginWrite());
        var seen = _ours.Read();
        Assert.That(() => _ours.ExpectUnchanged(seen), Throws.Nothing);
        Assert.That(() => _theirs.Expect(2), Throws.Nothing);
        Assert.That(() => _theirs.Expect(3), Throws.TypeOf<ExclusionViolatedException>());
    }
}
