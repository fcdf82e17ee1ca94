using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace GoGoScope.Tool;

/// <summary>What Linux offers for processes, signals and terminals, and .NET has no form of.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe partial class Libc
{
    internal const int NotFound = 2;
    internal const int NotExecutable = 8;
    internal const int PermissionDenied = 13;

    /// <summary>To whom has ended by now, or may not be signalled, nothing is sent, and nothing is said of it.</summary>
    [LibraryImport("libc", EntryPoint = "kill")]
    internal static partial void Kill(int process, int signal);

    /// <summary>Of the calling process itself for zero.</summary>
    [LibraryImport("libc", EntryPoint = "getpgid")]
    internal static partial int GroupOf(int process);

    /// <summary>Puts the calling process into a session of its own, which has no terminal.</summary>
    [LibraryImport("libc", EntryPoint = "setsid")]
    internal static partial void MakeSession();

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int how);

    [LibraryImport("libc", EntryPoint = "close")]
    internal static partial void Close(int file);

    [LibraryImport("libc", EntryPoint = "tcgetpgrp")]
    internal static partial int ForegroundGroup(int terminal);

    [LibraryImport("libc", EntryPoint = "signal")]
    internal static partial void SetHandler(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "prctl")]
    internal static partial void Control(int option, nuint value, nuint third, nuint fourth, nuint fifth);

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    internal static partial int WaitFor(int kind, int id, byte* info, int options);

    [LibraryImport("libc", EntryPoint = "posix_spawnp")]
    internal static partial int Spawn(int* process, byte* file, void* actions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    internal static partial int InitActions(void* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addclose")]
    internal static partial int AddClose(void* actions, int file);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    internal static partial void DestroyActions(void* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    internal static partial int InitAttributes(void* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    internal static partial int SetFlags(void* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    internal static partial int SetDefaultSignals(void* attributes, void* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    internal static partial int SetBlockedSignals(void* attributes, void* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    internal static partial void DestroyAttributes(void* attributes);

    [LibraryImport("libc", EntryPoint = "sigemptyset")]
    internal static partial int EmptySignals(void* signals);

    [LibraryImport("libc", EntryPoint = "sigaddset")]
    internal static partial int AddSignal(void* signals, int signal);
}
