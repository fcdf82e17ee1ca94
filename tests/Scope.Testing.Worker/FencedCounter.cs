using System.Globalization;
using System.Text;

namespace GoGoScope.Testing.Worker;

/// <summary>A number in a file that whoever comes with an older token than the newest can neither read nor change: what a fenced resource does.</summary>
internal sealed class FencedCounter(string path)
{
    private const int Digits = 20;

    /// <summary>The number, from now on for this token and newer ones; null if there was a newer one.</summary>
    internal Task<long?> TryReadAsync(long token) => ChangeAsync(token, static count => count);

    /// <summary>False if there was a newer token.</summary>
    internal async Task<bool> TryWriteAsync(long token, long count) => await ChangeAsync(token, _ => count) is not null;

    private async Task<long?> ChangeAsync(long token, Func<long, long> change)
    {
        await using var file = await OpenAloneAsync();
        var text = new byte[2 * Digits];
        var length = await file.ReadAtLeastAsync(text, text.Length, throwOnEndOfStream: false);
        var (newest, count) = length < text.Length ? (0, 0) : (Number(text.AsSpan(0, Digits)), Number(text.AsSpan(Digits)));
        if (newest > token) return null;
        count = change(count);
        file.Position = 0;
        // In one write, which no kill cuts in two.
        await file.WriteAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{token:d20}{count:d20}")));
        return count;
    }

    private static long Number(ReadOnlySpan<byte> text) => long.Parse(text, CultureInfo.InvariantCulture);

    private async Task<FileStream> OpenAloneAsync()
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException)
            {
                // Somebody else has it, for a moment, or for as long as it is stopped.
                await Task.Delay(1);
            }
        }
    }
}
