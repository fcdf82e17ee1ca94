using System.Globalization;

namespace GoGoScope.Testing.Worker;

/// <summary>A value that processes share in a folder. Each fetch leaves a file there, so that they can be counted, and waits until it may go on.</summary>
internal sealed class SharedFetch : IAsyncDisposable
{
    private static readonly TimeSpan Life = TimeSpan.FromHours(1);

    private readonly TaskCompletionSource _mayGoOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _folder;
    private readonly ExpiringValue<string> _value;

    internal SharedFetch(ILockProvider provider, string key, string folder)
    {
        _folder = folder;
        _value = new ExpiringValue<string>(FetchAsync, new() { Shared = new() { Key = key, Provider = provider, Read = ReadAsync, Write = WriteAsync } });
    }

    private string Place => Path.Combine(_folder, "value");

    internal async Task<string> GetAsync() => await _value.GetAsync();

    internal void GoOn() => _mayGoOn.TrySetResult();

    public ValueTask DisposeAsync() => _value.DisposeAsync();

    private async Task<Expiring<string>> FetchAsync(CancellationToken cancellationToken)
    {
        var name = $"fetch-{Guid.NewGuid():N}";
        await File.WriteAllTextAsync(Path.Combine(_folder, name), "", cancellationToken);
        await _mayGoOn.Task.WaitAsync(cancellationToken);
        return new(name, DateTimeOffset.UtcNow + Life);
    }

    private async Task<Expiring<string>?> ReadAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(Place)) return null;
        var words = (await File.ReadAllTextAsync(Place, cancellationToken)).Split(' ');
        return new(words[0], DateTimeOffset.Parse(words[1], CultureInfo.InvariantCulture));
    }

    private async Task WriteAsync(Expiring<string> fetched, CancellationToken cancellationToken)
    {
        // Who reads at this moment sees all of it, or nothing.
        var whole = $"{Place}-{fetched.Value}";
        await File.WriteAllTextAsync(whole, $"{fetched.Value} {fetched.ExpiresAt:o}", cancellationToken);
        File.Move(whole, Place, overwrite: true);
    }
}
