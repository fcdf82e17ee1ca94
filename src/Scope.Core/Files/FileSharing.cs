using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace GoGoScope;

/// <summary>
/// Whoever may write the directory of locks may write what is made in it, whatever the umask of its maker is. Where only its owner may, nothing
/// is done.
/// </summary>
internal sealed class FileSharing
{
    private const UnixFileMode Others = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const UnixFileMode Files =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private static readonly TimeSpan LongestMaking = TimeSpan.FromSeconds(1);

    // Null if they are as the umask has them.
    private readonly UnixFileMode? _ofDirectories;
    private readonly UnixFileMode? _ofFiles;

    internal FileSharing(string directory)
    {
        if (OperatingSystem.IsWindows()) return;
        var mode = File.GetUnixFileMode(directory);
        if ((mode & Others) == 0) return;
        // Where it is sticky, as /tmp is, only the owner of a file may replace it; but records go from one to the other.
        _ofDirectories = mode & ~UnixFileMode.StickyBit;
        _ofFiles = mode & Files;
    }

    internal void MakeDirectory(string path)
    {
        if (Directory.Exists(path)) return;
        if (OperatingSystem.IsWindows() || _ofDirectories is not { } mode)
        {
            Directory.CreateDirectory(path);
            return;
        }
        MakeDirectory(Path.GetDirectoryName(path)!);
        var made = NameBeforeItIsShared(path);
        Directory.CreateDirectory(made);
        File.SetUnixFileMode(made, mode);
        try
        {
            Directory.Move(made, path);
        }
        catch (IOException) when (Directory.Exists(path))
        {
            // Another one was quicker.
            Directory.Delete(made);
        }
    }

    /// <summary>For a socket that this process has just made.</summary>
    internal void ShareSocket(string path)
    {
        if (!OperatingSystem.IsWindows() && _ofFiles is { } mode) File.SetUnixFileMode(path, mode);
    }

    /// <summary>For a file that this process has made, be it now or before it was killed. It is closed if that fails.</summary>
    internal SafeFileHandle Share(SafeFileHandle file)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && _ofFiles is { } mode && File.GetUnixFileMode(file) != mode) File.SetUnixFileMode(file, mode);
        }
        catch (UnauthorizedAccessException)
        {
            // It is another user's, and this one may use it.
        }
        catch
        {
            file.Dispose();
            throw;
        }
        return file;
    }

    /// <summary>
    /// Whether another user's process may just have made <paramref name="file"/>, and is about to share it. It can't do that before: what is moved to a name
    /// replaces what another process has made there meanwhile, and may have locked.
    /// </summary>
    internal bool IsBeingMade(string file) =>
        _ofFiles is not null && TimeProvider.System.GetUtcNow().UtcDateTime - File.GetLastWriteTimeUtc(file) < LongestMaking;

    // Whoever finds it by its own name may use it.
    private static string NameBeforeItIsShared(string path) => $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
}
