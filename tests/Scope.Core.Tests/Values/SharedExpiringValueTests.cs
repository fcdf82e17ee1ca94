using GoGoScope.Testing;
using GoGoScope.Tests.Scopes;

namespace GoGoScope.Tests.Values;

/// <summary>A value that several processes share: each has its own object, and its own provider on one store; or all objects are of one process.</summary>
[TestFixture(false)]
[TestFixture(true)]
public sealed class SharedExpiringValueTests(bool isOfManyProcesses)
{
    private const string Key = "token";

    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    private readonly ManualTimeProvider _time = new();
    private readonly InMemoryLockProvider _inMemory = new();
    private readonly List<LeasedLockProvider> _processes = [];
    private readonly object _gate = new();
    private Expiring<int>? _place;
    private int _fetched;
    private TaskCompletionSource _mayFetch = null!;
    private InMemoryLockStore _store = null!;

    [SetUp]
    public void Start()
    {
        (_place, _fetched) = (null, 0);
        _mayFetch = TestTools.Signal();
        _store = new InMemoryLockStore(_time);
    }

    [TearDown]
    public async Task End()
    {
        foreach (var process in _processes) await process.DisposeAsync();
        _processes.Clear();
    }

    [Test]
    public async Task One_process_fetches_for_all()
    {
        var values = Enumerable.Range(0, 5).Select(_ => New()).ToList();
        var asking = values.Select(value => value.GetAsync().AsTask()).ToList();
        var observer = NewProcess();
        await Waiting.Until(async () => await observer.InspectAsync(Key) is { Holders.Count: 1, Waiters.Count: 4 }, "one fetches, the others wait for it");
        _mayFetch.SetResult();
        foreach (var one in asking) Assert.That(await one.WaitAsync(Waiting.HangLimit), Is.EqualTo(1));
        Assert.That(_fetched, Is.EqualTo(1));

        _time.Advance(Life);
        foreach (var value in values) Assert.That(await value.GetAsync().AsTask().WaitAsync(Waiting.HangLimit), Is.EqualTo(2));
        Assert.That(_fetched, Is.EqualTo(2));
        foreach (var value in values) await value.DisposeAsync();
    }

    [Test]
    public async Task What_is_there_needs_no_key()
    {
        _place = new(7, _time.GetUtcNow() + Life);
        await using var held = await new Lock(CancellationToken.None, new LockOptions { Key = Key, Provider = NewProcess() }).AcquireAsync();
        await using var value = New();
        Assert.That(await value.GetAsync().AsTask().WaitAsync(Waiting.HangLimit), Is.EqualTo(7));
        Assert.That(_fetched, Is.Zero);
    }

    [Test]
    public async Task A_value_that_was_refused_is_not_taken_from_there_again()
    {
        _mayFetch.SetResult();
        await using var first = New();
        await using var second = New();
        Assert.That((await first.GetAsync(), await second.GetAsync()), Is.EqualTo((1, 1)));
        first.Invalidate(1);
        second.Invalidate(1);
        Assert.That((await first.GetAsync(), await second.GetAsync()), Is.EqualTo((2, 2)), "the second finds what the first has fetched");
        Assert.That(_fetched, Is.EqualTo(2));
    }

    [Test]
    public async Task A_refresh_ahead_takes_what_another_process_has_refreshed()
    {
        _mayFetch.SetResult();
        await using var first = New(TimeSpan.FromMinutes(1));
        await using var second = New(TimeSpan.FromMinutes(1));
        Assert.That((await first.GetAsync(), await second.GetAsync()), Is.EqualTo((1, 1)));
        _time.Advance(TimeSpan.FromMinutes(9));
        await Waiting.Until(async () => await first.GetAsync() == 2, "the first has refreshed it");
        await Waiting.Until(async () => await second.GetAsync() == 2, "the second has taken it over");
        Assert.That(_fetched, Is.EqualTo(2));
    }

    [Test]
    public async Task A_failure_to_share_is_a_failure_and_the_next_one_tries_again()
    {
        _mayFetch.SetResult();
        var fails = true;
        await using var value = New(write: () => fails ? throw new Boom() : 0);
        Assert.That(await value.GetAsync().AsTask().Error(), Is.TypeOf<Boom>());
        fails = false;
        Assert.That(await value.GetAsync().AsTask().WaitAsync(Waiting.HangLimit), Is.EqualTo(2));
        Assert.That((await NewProcess().InspectAsync(Key)).Holders, Is.Empty);
    }

    [Test]
    public void Bad_input_is_refused_at_once()
    {
        SharedExpiringValue<int> Shared(string key) => new() { Key = key, Provider = _inMemory, Read = _ => Task.FromResult<Expiring<int>?>(null), Write = (_, _) => Task.CompletedTask };
        Assert.That(() => Shared(" "), Throws.ArgumentException);
        Assert.That(() => Shared("a") with { Provider = null! }, Throws.ArgumentNullException);
        Assert.That(() => Shared("a") with { Read = null! }, Throws.ArgumentNullException);
        Assert.That(() => Shared("a") with { Write = null! }, Throws.ArgumentNullException);
    }

    private ILockProvider NewProcess() => isOfManyProcesses ? NewLeasedProvider() : _inMemory;

    private LeasedLockProvider NewLeasedProvider()
    {
        _processes.Add(new LeasedLockProvider(_store, new LeaseOptions { TimeProvider = _time }));
        return _processes[^1];
    }

    private ExpiringValue<int> New(TimeSpan ahead = default, Func<int>? write = null) => new(
        async ct =>
        {
            await _mayFetch.Task.WaitAsync(ct);
            return new(Interlocked.Increment(ref _fetched), _time.GetUtcNow() + Life);
        },
        new()
        {
            TimeProvider = _time,
            RefreshAhead = ahead,
            Shared = new()
            {
                Key = Key,
                Provider = NewProcess(),
                Read = _ => { lock (_gate) return Task.FromResult(_place); },
                Write = (fetched, _) =>
                {
                    write?.Invoke();
                    lock (_gate) _place = fetched;
                    return Task.CompletedTask;
                },
            },
        });
}
