using System.Globalization;

namespace GoGoScope.Testing.Worker;

/// <summary>A number in a file. It is read in one step and written in another, so two who count at the same time lose a count.</summary>
internal sealed class SharedCounter(string path)
{
    private const int Digits = 10;

    internal async Task IncrementAsync()
    {
        var value = await ReadAsync();
        // Others get their chance to come in between.
        await Task.Yield();
        await WriteAsync(value + 1);
    }

    private async Task<int> ReadAsync()
    {
        await using var file = Open(FileAccess.Read);
        var text = new byte[Digits];
        var length = await file.ReadAtLeastAsync(text, Digits, throwOnEndOfStream: false);
        return length < Digits ? 0 : int.Parse(text, CultureInfo.InvariantCulture);
    }

    private async Task WriteAsync(int value)
    {
        await using var file = Open(FileAccess.Write);
        await file.WriteAsync(System.Text.Encoding.ASCII.GetBytes(value.ToString($"d{Digits}", CultureInfo.InvariantCulture)));
    }

    // The system doesn't lock the file: that is what the lock is for.
    private FileStream Open(FileAccess access) => new(path, FileMode.OpenOrCreate, access, FileShare.ReadWrite, bufferSize: 0);
}
