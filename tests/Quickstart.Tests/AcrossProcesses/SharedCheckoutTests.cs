namespace GoGoScope.Quickstart.Tests;

/// <summary>A checkout on a ledger in a store, and one that has lost its locks while it waited for the payment.</summary>
[TestFixtureSource(typeof(StoreKind), nameof(StoreKind.All))]
[CancelAfter(60_000)]
public sealed class SharedCheckoutTests(StoreKind kind)
{
    private static readonly Order First = new("wh-1", "ada", "mug", 1, 100);
    private static readonly Order Second = new("wh-2", "ada", "mug", 1, 100);
    private static readonly Order TooExpensive = new("wh-3", "ada", "mug", 1, 5000);

    private static readonly OpeningBooks Opening = new(new Dictionary<string, long> { ["customer:ada"] = 1000, ["product:mug"] = 10 });

    private TemporaryStore _store = null!;
    private PauseGate _pause = null!;

    [SetUp]
    public async Task CreateAsync()
    {
        _pause = new PauseGate();
        _store = await kind.CreateAsync();
        await _store.Ledger.AddAsync(Opening);
    }

    [TearDown]
    public async Task DeleteAsync()
    {
        if (_store is not null) await _store.DisposeAsync();
    }

    [Test]
    public async Task With_the_stores_locks_orders_go_one_after_the_other(CancellationToken cancellationToken)
    {
        await using var scope = Scope.Create(new ScopeOptions { LockProvider = _store.Locks }, cancellationToken);
        var checkout = With(CheckoutLocks.Of(scope));
        var first = checkout.SettleAsync(First, cancellationToken);
        var endFirst = await _pause.NextAsync();
        var others = new[] { checkout.SettleAsync(First, cancellationToken), checkout.SettleAsync(TooExpensive, cancellationToken) };
        Assert.That(_pause.Waiting, Is.Zero, "nobody else comes this far");

        endFirst();
        (await _pause.NextAsync())();

        Assert.That(await first, Is.EqualTo(Outcome.Settled));
        Assert.That(await Task.WhenAll(others), Is.EqualTo(new[] { Outcome.Repeated, Outcome.Declined }));
        Assert.That((await AuditAsync()).LostUpdates, Is.Zero);
    }

    [Test]
    public async Task Who_has_lost_the_locks_during_the_pause_is_refused(CancellationToken cancellationToken)
    {
        // The lease of the first has ended, so that the second is let in.
        var stale = With(new PassingLocks(token: 1)).SettleAsync(First, cancellationToken);
        var endStale = await _pause.NextAsync();
        var current = With(new PassingLocks(token: 2)).SettleAsync(Second, cancellationToken);
        var endCurrent = await _pause.NextAsync();

        endStale();
        Assert.That(async () => await stale, Throws.TypeOf<StaleWriterException>(), "before the second has written anything");
        endCurrent();
        Assert.That(await current, Is.EqualTo(Outcome.Settled));

        // Delivered again, under locks of its own.
        var again = With(new PassingLocks(token: 3)).SettleAsync(First, cancellationToken);
        (await _pause.NextAsync())();
        Assert.That(await again, Is.EqualTo(Outcome.Settled));
        var audit = await AuditAsync();
        Assert.That((audit.OrdersSettled, audit.LostUpdates), Is.EqualTo((2, 0)));
    }

    [Test]
    public async Task An_order_that_is_delivered_twice_is_settled_once_even_by_who_has_lost_the_locks(CancellationToken cancellationToken)
    {
        var stale = With(new PassingLocks(token: 1)).SettleAsync(First, cancellationToken);
        var endStale = await _pause.NextAsync();
        var again = With(new PassingLocks(token: 2)).SettleAsync(First, cancellationToken);
        (await _pause.NextAsync())();
        Assert.That(await again, Is.EqualTo(Outcome.Settled));

        endStale();

        Assert.That(async () => await stale, Throws.TypeOf<StaleWriterException>());
        Assert.That((await AuditAsync()).DoubleCharges, Is.Zero);
    }

    [Test]
    public async Task Without_a_fence_the_stale_write_replaces_the_other(CancellationToken cancellationToken)
    {
        var unfenced = new UnfencedLedger(_store.Ledger);
        var first = new SharedCheckout(unfenced, new PassingLocks(token: 1), _pause.PauseAsync).SettleAsync(First, cancellationToken);
        var endFirst = await _pause.NextAsync();
        var second = new SharedCheckout(unfenced, new PassingLocks(token: 2), _pause.PauseAsync).SettleAsync(Second, cancellationToken);
        (await _pause.NextAsync())();
        await second;

        endFirst();

        Assert.That(await first, Is.EqualTo(Outcome.Settled));
        Assert.That((await AuditAsync()).LostUpdates, Is.EqualTo(2));
    }

    [Test]
    public async Task Nobody_marks_a_webhook_after_the_question_whether_it_is_marked(CancellationToken cancellationToken)
    {
        var stale = With(new PassingLocks(token: 1)).SettleAsync(First, cancellationToken);
        var endStale = await _pause.NextAsync();
        // The stale one writes in the moment after the second has been told that it has not.
        var ledger = new InterruptedLedger(_store.Ledger, async () =>
        {
            endStale();
            await stale;
        });

        Assert.That(
            async () => await new SharedCheckout(ledger, new PassingLocks(token: 2), _ => Task.CompletedTask).SettleAsync(First, cancellationToken),
            Throws.TypeOf<StaleWriterException>(), "what the stale one is told");
        Assert.That(await _store.Ledger.WasProcessedAsync(First.WebhookId), Is.False);
    }

    private SharedCheckout With(CheckoutLocks locks) => new(_store.Ledger, locks, _pause.PauseAsync);

    private async Task<Audit> AuditAsync()
    {
        var orders = new[] { First, Second, TooExpensive }.ToDictionary(order => order.WebhookId);
        var journal = (await _store.Ledger.ReadJournalAsync()).Select(line => new JournalEntry(orders[line.WebhookId], line.Outcome)).ToList();
        return Audit.Of(Opening.Amounts, journal, await _store.Ledger.ReadAccountsAsync([.. Opening.Amounts.Keys]));
    }

    /// <summary>A ledger that lets something happen each time after it has been asked for a mark.</summary>
    private sealed class InterruptedLedger(ISharedLedger inner, Func<Task> afterQuestion) : ISharedLedger
    {
        public async Task<bool> WasProcessedAsync(string webhookId)
        {
            var answer = await inner.WasProcessedAsync(webhookId);
            await afterQuestion();
            return answer;
        }

        public Task<OpenAccount> OpenAsync(string key, long token) => inner.OpenAsync(key, token);

        public Task CommitAsync(JournalEntry entry, OpenAccount customer, OpenAccount product) => inner.CommitAsync(entry, customer, product);

        public Task AddAsync(OpeningBooks books) => inner.AddAsync(books);

        public Task<IReadOnlyDictionary<string, Account>> ReadAccountsAsync(IReadOnlyCollection<string> keys) => inner.ReadAccountsAsync(keys);

        public Task<IReadOnlyList<(string WebhookId, Outcome Outcome)>> ReadJournalAsync() => inner.ReadJournalAsync();
    }

    /// <summary>Locks whose holder before has lost them: they exclude nobody, and have a higher token than before.</summary>
    private sealed class PassingLocks(long token) : CheckoutLocks
    {
        public override ValueTask<LockGuard> AcquireAsync(string key, CancellationToken cancellationToken) => new(new LockGuard(null!, token));
    }
}
