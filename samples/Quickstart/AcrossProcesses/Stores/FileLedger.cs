using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace GoGoScope.Quickstart;

/// <summary>
/// The ledger in a file: a line for each change, one after another. What is in the accounts is what all lines come to. Whoever has the
/// file open has it alone, and the system closes it when a process dies; so a change is made as a whole or not at all.
/// </summary>
internal sealed class FileLedger(string file) : ISharedLedger, IDisposable
{
    // So many changes of this process one after another, then others have their turn.
    private const int LongestTurn = 16;

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private readonly Dictionary<string, (Account Account, long Fence)> _accounts = [];
    private readonly HashSet<string> _processed = [];
    private readonly List<(string WebhookId, Outcome Outcome)> _journal = [];
    private SafeFileHandle? _opened;
    private long _read;
    private int _waiting;
    private int _turn;

    /// <summary>Makes the file.</summary>
    public void Create() => File.WriteAllBytes(file, []);

    public Task<OpenAccount> OpenAsync(string key, long token) => AloneAsync(opened =>
    {
        if (token < _accounts[key].Fence) throw new StaleWriterException(key, token);
        if (token > _accounts[key].Fence) Add(opened, new Change { Opened = key, Fence = token });
        return new OpenAccount(key, token, _accounts[key].Account);
    });

    public Task<bool> WasProcessedAsync(string webhookId) => AloneAsync(_ => _processed.Contains(webhookId));

    public Task CommitAsync(JournalEntry entry, OpenAccount customer, OpenAccount product) => AloneAsync(opened =>
    {
        foreach (var account in new[] { customer, product })
        {
            if (account.Token != _accounts[account.Key].Fence) throw new StaleWriterException(account.Key, account.Token);
        }
        var written = new Dictionary<string, Account> { [customer.Key] = customer.Account, [product.Key] = product.Account };
        Add(opened, new Change { Processed = entry.Order.WebhookId, Outcome = entry.Outcome, Written = entry.Outcome == Outcome.Settled ? written : null });
        return true;
    });

    public Task AddAsync(OpeningBooks books) => AloneAsync(opened =>
    {
        Add(opened, new Change { Written = books.Amounts.ToDictionary(entry => entry.Key, entry => new Account(entry.Value, 0)) });
        return true;
    });

    public Task<IReadOnlyDictionary<string, Account>> ReadAccountsAsync(IReadOnlyCollection<string> keys) =>
        AloneAsync<IReadOnlyDictionary<string, Account>>(_ => keys.ToDictionary(key => key, key => _accounts[key].Account));

    public Task<IReadOnlyList<(string WebhookId, Outcome Outcome)>> ReadJournalAsync() =>
        AloneAsync<IReadOnlyList<(string, Outcome)>>(_ => [.. _journal]);

    public void Dispose()
    {
        Close();
        _oneAtATime.Dispose();
    }

    /// <summary>Does something while nobody else, in no process, has the file, and after reading what others have added.</summary>
    private async Task<T> AloneAsync<T>(Func<SafeFileHandle, T> work)
    {
        Interlocked.Increment(ref _waiting);
        await _oneAtATime.WaitAsync();
        try
        {
            if (_opened is null)
            {
                _opened = await OpenAsync();
                ReadOn(_opened);
            }
            return work(_opened);
        }
        finally
        {
            // Whoever of this process waits behind has it at once: to get it anew takes longer than any change.
            if (Interlocked.Decrement(ref _waiting) == 0 || ++_turn == LongestTurn) Close();
            _oneAtATime.Release();
        }
    }

    private async Task<SafeFileHandle> OpenAsync()
    {
        while (true)
        {
            try
            {
                return File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (e is not FileNotFoundException and not DirectoryNotFoundException)
            {
                // Another process has it.
                await Task.Delay(1);
            }
        }
    }

    private void Close()
    {
        _opened?.Dispose();
        (_opened, _turn) = (null, 0);
    }

    private void ReadOn(SafeFileHandle opened)
    {
        var bytes = new byte[RandomAccess.GetLength(opened) - _read];
        var text = bytes.AsSpan(0, RandomAccess.Read(opened, bytes, _read));
        while (text.IndexOf((byte)'\n') is >= 0 and var end)
        {
            Apply(JsonSerializer.Deserialize<Change>(text[..end])!);
            _read += end + 1;
            text = text[(end + 1)..];
        }
        // Whoever was writing that was killed.
        if (text.Length > 0) RandomAccess.SetLength(opened, _read);
    }

    private void Add(SafeFileHandle opened, Change change)
    {
        var line = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(change) + "\n");
        RandomAccess.Write(opened, line, _read);
        _read += line.Length;
        Apply(change);
    }

    private void Apply(Change change)
    {
        if (change.Opened is { } key) _accounts[key] = _accounts[key] with { Fence = change.Fence };
        foreach (var (written, account) in change.Written ?? []) _accounts[written] = (account, _accounts.GetValueOrDefault(written).Fence);
        if (change.Processed is not { } webhookId) return;
        _processed.Add(webhookId);
        _journal.Add((webhookId, change.Outcome));
    }

    /// <summary>A line of the file: an account is opened; or amounts are written, with the mark of the order that they are for, or without one.</summary>
    private sealed record Change
    {
        public string? Opened { get; init; }

        public long Fence { get; init; }

        public Dictionary<string, Account>? Written { get; init; }

        public string? Processed { get; init; }

        public Outcome Outcome { get; init; }
    }
}
