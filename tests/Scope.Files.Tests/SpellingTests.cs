namespace GoGoScope.Files.Tests;

/// <summary>
/// Processes that name the same directory differently, by a link or the mount of a container: a socket that one listens at may have a path that is
/// too long for another one to connect to.
/// </summary>
[TestFixture]
[Platform(Exclude = "Win")]
public sealed class SpellingTests
{
    // Nobody looks in time who is not told to.
    private static readonly LeaseOptions NeverLooks = new() { DefaultTimeToLive = TimeSpan.FromHours(1), SafetyPoll = TimeSpan.FromHours(1) };

    private DirectoryInfo _root = null!;
    private string _long = "";
    private string _short = "";
    private FileLockProvider _far = null!;
    private FileLockProvider _near = null!;

    [SetUp]
    public void Open()
    {
        _root = Directory.CreateTempSubdirectory("gogoscope-");
        _long = Path.Combine(_root.FullName, new string('d', 80));
        _short = Path.Combine(_root.FullName, "s");
        Directory.CreateDirectory(_long);
        Directory.CreateSymbolicLink(_short, _long);
        _far = new FileLockProvider(_long);
        _near = new FileLockProvider(_short, NeverLooks);
    }

    [TearDown]
    public async Task Close()
    {
        await _near.DisposeAsync();
        await _far.DisposeAsync();
        _root.Delete(recursive: true);
    }

    [Test]
    public async Task Who_can_not_be_connected_to_by_so_long_a_path_is_told_to_look_and_nobody_fails()
    {
        var held = await LockOf(_far).AcquireAsync();
        var near = LockOf(_near).AcquireAsync().AsTask();
        await Waiting.Until(() => _near.Snapshot().Any(static known => known.Waiters.Count == 1), "it waits");
        await Waiting.Until(() => IsListening, "it listens");
        var far = LockOf(_far).AcquireAsync().AsTask();
        await Waiting.Until(() => _far.Snapshot().Any(static known => known.Waiters.Count == 1), "the other one waits");
        await held.DisposeAsync();
        await (await near.Soon()).DisposeAsync();
        await (await far.Soon()).DisposeAsync();
    }

    [Test]
    public async Task By_so_long_a_path_what_is_needed_no_more_can_be_deleted_and_a_key_taken_away()
    {
        await using var held = await LockOf(_far).AcquireAsync();
        var near = LockOf(_near).AcquireAsync().AsTask();
        await Waiting.Until(() => _near.Snapshot().Any(static known => known.Waiters.Count == 1), "it waits");
        await Waiting.Until(() => IsListening, "it listens");
        await _far.PurgeAsync();
        Assert.That(IsListening, "whether anybody hears is not known, so it stays");
        await _far.ForceReleaseAsync("key");
        await (await near.Soon()).DisposeAsync();
    }

    private bool IsListening => Directory.EnumerateFiles(Directory.EnumerateDirectories(_long, "inboxes", SearchOption.AllDirectories).Single(), "*", SearchOption.AllDirectories).Any();

    private static Lock LockOf(ILockProvider provider) => new(CancellationToken.None, new LockOptions { Key = "key", Provider = provider });
}
