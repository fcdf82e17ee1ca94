using GoGoScope.Testing;

namespace GoGoScope.Tests.Locks;

/// <summary>
/// Every shape of lambda and method group that fits RunExclusiveAsync compiles, gives the right type, and keeps the
/// lock until what it started has ended: an overload that took the shape for something synchronous would let go too early.
/// </summary>
public sealed class DelegateShapeTests
{
    private static readonly AcquireOptions Options = new() { Priority = 1 };

    private Lock _lock = null!;
    private int _inside;
    private int _runs;

    [SetUp]
    public void Start()
    {
        _lock = new Lock(CancellationToken.None);
        (_inside, _runs) = (0, 0);
    }

    [TearDown]
    public async Task End() => await _lock.DisposeAsync();

    [Test]
    public Task Lambdas_without_a_result() => Run(
        () => _lock.RunExclusiveAsync(ct => Work(ct)),
        () => _lock.RunExclusiveAsync(async ct => await Work(ct)),
        () => _lock.RunExclusiveAsync(async ct => { await Work(ct); }),
        () => _lock.RunExclusiveAsync(async ct => { await Work(ct); return; }),
        () => _lock.RunExclusiveAsync(ct => { return Work(ct); }),
        () => _lock.RunExclusiveAsync(ct => ValueWork(ct)),
        () => _lock.RunExclusiveAsync(async ct => await ValueWork(ct)),
        () => _lock.RunExclusiveAsync(ct => { return ValueWork(ct); }),
        () => _lock.RunExclusiveAsync(async _ => await Work(default)),
        () => _lock.RunExclusiveAsync(async (CancellationToken ct) => await Work(ct)),
        () => _lock.RunExclusiveAsync(async delegate (CancellationToken ct) { await Work(ct); }));

    [Test]
    public Task Lambdas_with_the_guard() => Run(
        () => _lock.RunExclusiveAsync((guard, ct) => Work(guard, ct)),
        () => _lock.RunExclusiveAsync(async (guard, ct) => await Work(guard, ct)),
        () => _lock.RunExclusiveAsync(async (guard, ct) => { await Work(guard, ct); }),
        () => _lock.RunExclusiveAsync((guard, ct) => ValueWork(guard, ct)),
        () => _lock.RunExclusiveAsync(async (_, ct) => await ValueWork(ct)),
        () => _lock.RunExclusiveAsync(async (_, _) => await Work(default)));

    [Test]
    public Task Lambdas_with_a_result() => RunFor(
        () => _lock.RunExclusiveAsync(ct => Get(ct)),
        () => _lock.RunExclusiveAsync(async ct => await Get(ct)),
        () => _lock.RunExclusiveAsync(async ct => { await Work(ct); return 42; }),
        () => _lock.RunExclusiveAsync(ct => ValueGet(ct)),
        () => _lock.RunExclusiveAsync(async ct => await ValueGet(ct)),
        () => _lock.RunExclusiveAsync(async ct => { var got = await ValueGet(ct); return got; }),
        () => _lock.RunExclusiveAsync((guard, ct) => Get(guard, ct)),
        () => _lock.RunExclusiveAsync(async (guard, ct) => await Get(guard, ct)),
        () => _lock.RunExclusiveAsync((guard, ct) => ValueGet(guard, ct)),
        () => _lock.RunExclusiveAsync(async (guard, ct) => { await Work(guard, ct); return 42; }));

    [Test]
    public Task Method_groups_without_a_result() => Run(
        () => _lock.RunExclusiveAsync(WorkOnly),
        () => _lock.RunExclusiveAsync(ValueWorkOnly),
        () => _lock.RunExclusiveAsync(WorkWithGuard),
        () => _lock.RunExclusiveAsync(ValueWorkWithGuard));

    [Test]
    public Task Method_groups_with_a_result() => RunFor(
        () => _lock.RunExclusiveAsync(GetOnly),
        () => _lock.RunExclusiveAsync(ValueGetOnly),
        () => _lock.RunExclusiveAsync(GetWithGuard),
        () => _lock.RunExclusiveAsync(ValueGetWithGuard));

    [Test]
    public async Task Local_functions_and_variables()
    {
        async Task Local(CancellationToken ct) => await Work(ct);
        async ValueTask<int> LocalGet(LockGuard guard, CancellationToken ct) => await Get(guard, ct);
        Func<CancellationToken, Task> task = Work;
        Func<CancellationToken, ValueTask> value = ValueWork;
        Func<CancellationToken, Task<int>> get = Get;
        Func<LockGuard, CancellationToken, ValueTask<int>> valueGet = ValueGet;
        await Run(() => _lock.RunExclusiveAsync(Local), () => _lock.RunExclusiveAsync(task), () => _lock.RunExclusiveAsync(value));
        await RunFor(() => _lock.RunExclusiveAsync(LocalGet), () => _lock.RunExclusiveAsync(get), () => _lock.RunExclusiveAsync(valueGet));
    }

    [Test]
    public Task With_options_and_a_token() => RunFor(
        () => _lock.RunExclusiveAsync(async ct => await Get(ct), Options),
        () => _lock.RunExclusiveAsync(async ct => await Get(ct), Options, CancellationToken.None),
        () => _lock.RunExclusiveAsync(async ct => await Get(ct), cancellationToken: CancellationToken.None),
        () => _lock.RunExclusiveAsync(async (guard, ct) => await Get(guard, ct), Options, CancellationToken.None),
        () => _lock.RunExclusiveAsync(GetOnly, Options, CancellationToken.None));

    [Test]
    public async Task Delegates_that_only_throw()
    {
        await Throws(() => _lock.RunExclusiveAsync(_ => throw new InvalidDataException()));
        await Throws(() => _lock.RunExclusiveAsync((_, _) => throw new InvalidDataException()));
        await Throws(() => _lock.RunExclusiveAsync(async _ =>
        {
            await Task.Yield();
            throw new InvalidDataException();
        }));
        await Throws(() => _lock.RunExclusiveAsync(async (_, ct) =>
        {
            await Work(ct);
            throw new InvalidDataException();
        }));
        await Throws(() => _lock.InvokeExclusiveAsync(() => throw new InvalidDataException()));
        await using var free = await _lock.TryAcquireAsync();
        Assert.That(free, Is.Not.Null);
    }

    [Test]
    public async Task Results_that_look_like_nothing_are_kept()
    {
        int zero = await _lock.RunExclusiveAsync(_ => Task.FromResult(0));
        bool no = await _lock.RunExclusiveAsync(async _ => { await Task.Yield(); return false; });
        string? nothing = await _lock.RunExclusiveAsync(_ => Task.FromResult<string?>(null));
        string empty = await _lock.RunExclusiveAsync((_, _) => ValueTask.FromResult(""));
        int? none = await _lock.InvokeExclusiveAsync(() => (int?)null);
        Assert.That((zero, no, nothing, empty, none), Is.EqualTo((0, false, (string?)null, "", (int?)null)));
    }

    [Test]
    public async Task Synchronous_delegates()
    {
        var count = 0;
        void Count() => count++;
        int Next() => ++count;
        Action action = Count;
        Func<int> next = Next;
        await _lock.InvokeExclusiveAsync(() => { count++; });
        await _lock.InvokeExclusiveAsync(Count);
        await _lock.InvokeExclusiveAsync(action);
        await _lock.InvokeExclusiveAsync(action, Options, CancellationToken.None);
        int fromLambda = await _lock.InvokeExclusiveAsync(() => ++count);
        int fromBlock = await _lock.InvokeExclusiveAsync(() => { return ++count; });
        int fromGroup = await _lock.InvokeExclusiveAsync(Next);
        int fromVariable = await _lock.InvokeExclusiveAsync(next, cancellationToken: CancellationToken.None);
        Assert.That((fromLambda, fromBlock, fromGroup, fromVariable), Is.EqualTo((5, 6, 7, 8)));
    }

    private static Task Throws(Func<Task> call) => Assert.ThatAsync(call, NUnit.Framework.Throws.TypeOf<InvalidDataException>());

    private Task Run(params Func<Task>[] shapes) => Overlap(shapes);

    private async Task RunFor(params Func<Task<int>>[] shapes)
    {
        foreach (var shape in shapes) Assert.That(await shape().Soon(), Is.EqualTo(42));
        await Overlap([.. shapes.Select(shape => (Func<Task>)shape)]);
    }

    /// <summary>All shapes at once, several times: if one let go before its end, another would find somebody inside.</summary>
    private async Task Overlap(Func<Task>[] shapes)
    {
        var before = _runs;
        await Task.WhenAll(Enumerable.Range(0, 5).SelectMany(_ => shapes).Select(shape => shape())).Soon();
        Assert.That(_runs - before, Is.EqualTo(5 * shapes.Length));
    }

    private async Task Work(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (Interlocked.Increment(ref _inside) != 1) throw new InvalidOperationException("The lock was released too early.");
        for (var i = 0; i < 3; i++) await Task.Yield();
        _runs++;
        Interlocked.Decrement(ref _inside);
    }

    private Task Work(LockGuard guard, CancellationToken ct)
    {
        guard.ThrowIfLost();
        return Work(ct);
    }

    private async Task<int> Get(CancellationToken ct)
    {
        await Work(ct);
        return 42;
    }

    private async Task<int> Get(LockGuard guard, CancellationToken ct)
    {
        await Work(guard, ct);
        return 42;
    }

    private ValueTask ValueWork(CancellationToken ct) => new(Work(ct));

    private ValueTask ValueWork(LockGuard guard, CancellationToken ct) => new(Work(guard, ct));

    private ValueTask<int> ValueGet(CancellationToken ct) => new(Get(ct));

    private ValueTask<int> ValueGet(LockGuard guard, CancellationToken ct) => new(Get(guard, ct));

    // One overload each, as method groups.
    private Task WorkOnly(CancellationToken ct) => Work(ct);

    private ValueTask ValueWorkOnly(CancellationToken ct) => ValueWork(ct);

    private Task WorkWithGuard(LockGuard guard, CancellationToken ct) => Work(guard, ct);

    private ValueTask ValueWorkWithGuard(LockGuard guard, CancellationToken ct) => ValueWork(guard, ct);

    private Task<int> GetOnly(CancellationToken ct) => Get(ct);

    private ValueTask<int> ValueGetOnly(CancellationToken ct) => ValueGet(ct);

    private Task<int> GetWithGuard(LockGuard guard, CancellationToken ct) => Get(guard, ct);

    private ValueTask<int> ValueGetWithGuard(LockGuard guard, CancellationToken ct) => ValueGet(guard, ct);
}
