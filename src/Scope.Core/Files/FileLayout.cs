using System.Globalization;
using System.Security.Cryptography;

namespace GoGoScope;

/// <summary>What is where in the directory of locks.</summary>
/// <remarks>
/// <code>
/// directory/
///   1f0c9a3e/                               this start of the machine
///     in-use                                locked by each process that has begun to use it
///     records/lock-orders-4711.8d3f….lock   a key that is held or waited for
///     gates/2a                              the system's lock on it says who may change records whose hash begins so
///     inboxes/9b1c…/4e7a2f10                a socket at which one process hears that its turn has come
/// </code>
/// </remarks>
internal sealed class FileLayout
{
    private const string RecordSuffix = ".lock";
    private const int StartLength = 8;
    private const int LongestReadable = 80;
    private const int InboxLength = 16;
    private const int MostWays = 10;

    private readonly string _directory;
    private readonly string _start;
    private readonly string _records;
    private readonly string _gates;
    private readonly string _inboxes;

    /// <param name="directory">The directory of locks, which is made if it is not there.</param>
    /// <param name="start">The name of this start of the machine; null to ask the system.</param>
    internal FileLayout(string directory, string? start = null)
    {
        Directory.CreateDirectory(directory);
        Sharing = new FileSharing(directory);
        _directory = directory;
        _start = Path.Combine(directory, start ?? StartOfMachine());
        _records = RecordsOf(_start);
        _gates = GatesOf(_start);
        _inboxes = InboxesOf(_start);
        MakeDirectories();
    }

    /// <summary>Who may write what is made.</summary>
    internal FileSharing Sharing { get; }

    /// <summary>The directory of this start of the machine.</summary>
    internal string Start => _start;

    /// <summary>What may be those of other starts.</summary>
    internal IEnumerable<string> OtherStarts() =>
        Directory.EnumerateDirectories(_directory).Where(start => start != _start && Directory.Exists(RecordsOf(start)));

    /// <summary>Whether <paramref name="start"/> is certainly that of a start, and not somebody else's directory of which something is called as ours is.</summary>
    internal static bool IsOfLocks(string start) =>
        Path.GetFileName(start) is { Length: StartLength } name && name.All(char.IsAsciiHexDigitLower) &&
        Directory.Exists(RecordsOf(start)) && Directory.Exists(GatesOf(start)) && Directory.Exists(InboxesOf(start));

    internal void MakeDirectories()
    {
        foreach (var directory in new[] { _start, _records, _gates, _inboxes }) Sharing.MakeDirectory(directory);
    }

    /// <summary>The file of <paramref name="key"/>: a name for any key, of whatever characters and length, and no two keys with the same.</summary>
    /// <exception cref="ArgumentException"><paramref name="key"/> is empty, or holds half of a surrogate pair.</exception>
    internal string RecordOf(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return Path.Combine(_records, $"{Readable(key)}.{Hash(key)}{RecordSuffix}");
    }

    /// <summary>Files of keys, in one way through the directory, which may leave out a file that is replaced meanwhile, or give it twice, as file systems have it.</summary>
    internal IEnumerable<string> Records() => Directory.EnumerateFiles(_records, "*" + RecordSuffix).Where(IsOfKey);

    /// <summary>All files of keys, each once: there is another way until it brings nothing new, or so many come and go that it always would.</summary>
    internal IReadOnlyCollection<string> AllRecords(CancellationToken cancellationToken)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        for (var (before, ways) = (-1, 0); found.Count > before && ways < MostWays; ways++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            before = found.Count;
            found.UnionWith(Records());
        }
        return found;
    }

    /// <summary>Files of keys that were not written to the end, or that somebody is just writing, each with the one that it was to replace.</summary>
    internal IEnumerable<(string Next, string Record)> Unfinished() =>
        Directory.EnumerateFiles(_records, "*" + RecordSuffix + FileRecord.NextSuffix).Select(static next => (Next: next, Record: next[..^FileRecord.NextSuffix.Length])).Where(static unfinished => IsOfKey(unfinished.Record));

    /// <summary>Where the records of a start are.</summary>
    internal static string RecordsOf(string start) => Path.Combine(start, "records");

    /// <summary>The gate through which whoever changes <paramref name="recordFile"/> goes, of <see cref="FileGates.Count"/>.</summary>
    internal static int GateOf(string recordFile)
    {
        var hash = recordFile.AsSpan(recordFile.Length - RecordSuffix.Length - 2 * SHA256.HashSizeInBytes, 2);
        return Convert.FromHexString(hash)[0] % FileGates.Count;
    }

    internal string GateFile(int gate) => Path.Combine(_gates, gate.ToString("x2", CultureInfo.InvariantCulture));

    /// <summary>The directory of the sockets at which <paramref name="process"/> listens.</summary>
    internal string InboxOf(string process) => Path.Combine(_inboxes, Hash(process)[..InboxLength]);

    /// <summary>Those of all processes.</summary>
    internal IEnumerable<string> Inboxes() => Directory.EnumerateDirectories(_inboxes);

    private static string GatesOf(string start) => Path.Combine(start, "gates");

    private static string InboxesOf(string start) => Path.Combine(start, "inboxes");

    private static string Hash(string text) => Convert.ToHexStringLower(StoredText.Hash(StoredText.Encode(text)));

    private static string Readable(string key) =>
        string.Create(Math.Min(key.Length, LongestReadable), key, static (readable, key) =>
        {
            for (var i = 0; i < readable.Length; i++) readable[i] = char.IsAsciiLetterOrDigit(key[i]) || key[i] is '_' or '.' && i > 0 ? key[i] : '-';
        });

    /// <summary>Whether it is called as <see cref="RecordOf"/> does; others may put something beside it.</summary>
    private static bool IsOfKey(string file) =>
        Path.GetFileNameWithoutExtension(file).Split('.')[^1] is { Length: 2 * SHA256.HashSizeInBytes } hash && hash.All(char.IsAsciiHexDigitLower);

    // What was held when the machine stopped is held by nobody. Elsewhere nothing reliable tells one start from another.
    private static string StartOfMachine()
    {
        const string Id = "/proc/sys/kernel/random/boot_id";
        if (!OperatingSystem.IsLinux()) return "any-start";
        try
        {
            return File.ReadAllText(Id)[..StartLength];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"Locks in files have to know this start of the machine from others, and this process may not read \"{Id}\" (ProcSubset=pid of systemd, for instance).", e);
        }
    }
}
