using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace GoGoScope;

/// <summary>What a process is told at its sockets: one connection for each piece of news. It never waits for who is told.</summary>
internal static class FileNews
{
    /// <summary>What fits into a socket at once, on any system.</summary>
    internal const int Longest = 32 * 1024;

    // Of the kernel's address of a socket, with its end, on any system.
    private const int LongestPath = 103;

    private const string MissedSuffix = ".missed";
    private const int NumberLength = sizeof(long);
    private const int Numbers = 3;

    private static readonly TimeSpan Unused = TimeSpan.FromMinutes(1);

    /// <summary>Whether <paramref name="path"/> is short enough for a socket. It may be for who listens, and not for who names the same directory differently.</summary>
    internal static bool IsShortEnough(string path) => Encoding.UTF8.GetByteCount(path) <= LongestPath;

    /// <summary>Beside a socket: whoever listens there has missed something.</summary>
    internal static string MissedMark(string socket) => socket + MissedSuffix;

    /// <summary>Tells all that listen for <paramref name="processes"/>.</summary>
    /// <remarks>
    /// The swap that there is news of is made, and must not look as if it had failed. Whoever can't be told at all finds out by itself: it looks
    /// each <see cref="LeaseOptions.SafetyPoll"/>, and when the lease that it waits for ends.
    /// </remarks>
    internal static void Tell(FileLayout layout, IReadOnlyList<string> processes, string key, StoredRecord record)
    {
        byte[]? news = null;
        foreach (var process in processes)
        {
            try
            {
                foreach (var socket in Sockets(layout.InboxOf(process))) Tell(socket, news ??= Encode(key, record));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Another user's, who shares it with nobody; or a disk that is full.
            }
        }
    }

    /// <summary>Deletes what belongs to a socket of which nobody hears any more, in <paramref name="inbox"/>, and the inbox if it is empty and nobody has just made it.</summary>
    internal static void DeleteDead(string inbox)
    {
        try
        {
            var isNew = TimeProvider.System.GetUtcNow().UtcDateTime - Directory.GetLastWriteTimeUtc(inbox) < Unused;
            foreach (var socket in Sockets(inbox).Where(static socket => !IsHeard(socket))) File.Delete(socket);
            foreach (var mark in Directory.EnumerateFiles(inbox, "*" + MissedSuffix).Where(static mark => !File.Exists(mark[..^MissedSuffix.Length]))) File.Delete(mark);
            if (!isNew && !Directory.EnumerateFileSystemEntries(inbox).Any()) Directory.Delete(inbox);
        }
        catch (DirectoryNotFoundException)
        {
            // Its process has just ended.
        }
    }

    // Costs whoever hears of it a look. What can't be asked counts as heard.
    private static bool IsHeard(string path)
    {
        if (!IsShortEnough(path)) return true;
        try
        {
            using var socket = Connect(path);
            return true;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode is not (SocketError.ConnectionRefused or SocketError.AddressNotAvailable);
        }
    }

    private static Socket Connect(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The key and, if it was short enough, the record; null if something is missing.</summary>
    internal static (string Key, StoredRecord? Record)? Decode(ReadOnlySpan<byte> news)
    {
        if (news.Length < sizeof(int)) return null;
        var keyLength = BinaryPrimitives.ReadInt32LittleEndian(news);
        news = news[sizeof(int)..];
        if (keyLength <= 0 || news.Length < keyLength) return null;
        var key = StoredText.Decode(news[..keyLength]);
        news = news[keyLength..];
        if (news.IsEmpty) return (key, null);
        if (news.Length < sizeof(int)) return null;
        var bodyLength = BinaryPrimitives.ReadInt32LittleEndian(news);
        news = news[sizeof(int)..];
        if (bodyLength < 0 || news.Length != Numbers * NumberLength + bodyLength) return null;
        return (key, new StoredRecord(Number(news, 0), Number(news, 1), StoredText.Decode(news[(Numbers * NumberLength)..]), Number(news, 2)));
    }

    private static long Number(ReadOnlySpan<byte> news, int place) => BinaryPrimitives.ReadInt64LittleEndian(news[(place * NumberLength)..]);

    private static byte[] Encode(string key, StoredRecord record)
    {
        var (name, body) = (StoredText.Encode(key), StoredText.Encode(record.Body));
        var length = sizeof(int) + name.Length;
        var whole = length + sizeof(int) + Numbers * NumberLength + body.Length;
        var carriesRecord = whole <= Longest;
        var news = new byte[carriesRecord ? whole : length];
        BinaryPrimitives.WriteInt32LittleEndian(news, name.Length);
        name.CopyTo(news, sizeof(int));
        if (!carriesRecord) return news;
        var rest = news.AsSpan(length);
        BinaryPrimitives.WriteInt32LittleEndian(rest, body.Length);
        rest = rest[sizeof(int)..];
        BinaryPrimitives.WriteInt64LittleEndian(rest, record.Version);
        BinaryPrimitives.WriteInt64LittleEndian(rest[NumberLength..], record.Fence);
        BinaryPrimitives.WriteInt64LittleEndian(rest[(2 * NumberLength)..], record.Now);
        body.CopyTo(rest[(Numbers * NumberLength)..]);
        return news;
    }

    private static IEnumerable<string> Sockets(string inbox)
    {
        try
        {
            return Directory.EnumerateFiles(inbox).Where(static file => !Path.HasExtension(file));
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    private static void Tell(string path, byte[] news)
    {
        if (!IsShortEnough(path))
        {
            MarkMissed(path);
            return;
        }
        try
        {
            using var socket = Connect(path);
            if (socket.Send(news) == news.Length) return;
            MarkMissed(path);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused)
        {
            // Nobody listens any more: its process was killed.
            File.Delete(path);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressNotAvailable)
        {
            // It has just stopped to listen.
        }
        catch (SocketException)
        {
            // It is stopped, and too much has been told already; or it went away in the middle.
            MarkMissed(path);
        }
    }

    private static void MarkMissed(string path)
    {
        try
        {
            File.WriteAllBytes(MissedMark(path), []);
        }
        catch (DirectoryNotFoundException)
        {
            // It listens no more.
        }
    }
}
