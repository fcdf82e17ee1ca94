using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace GoGoScope.Tool;

/// <summary>Starts programs.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe class ChildProcess
{
    private const short FlagDefaultSignals = 0x04;
    private const short FlagBlockedSignals = 0x08;

    // More than any C library needs for one of its structures.
    private const int StructureWords = 128;

    /// <summary>What .NET ignores, and programs expect that nobody does.</summary>
    private static readonly int[] IgnoredHere = [Signal.BrokenPipe];

    /// <summary>Starts a program, which has the standard streams of this process.</summary>
    /// <param name="words">The program, looked for in PATH if there is no slash in it, and its arguments.</param>
    /// <param name="environment">Its environment.</param>
    /// <param name="blocked">The signals that it never hears of, and none but those.</param>
    /// <param name="closed">Files of this process that it does not get.</param>
    /// <returns>The number of the process.</returns>
    /// <exception cref="NotStartedException">It is not there, or can't be run.</exception>
    internal static int Start(IReadOnlyList<byte[]> words, IReadOnlyList<byte[]> environment, IReadOnlyList<int> blocked, params ReadOnlySpan<int> closed)
    {
        ulong* actions = stackalloc ulong[StructureWords], attributes = stackalloc ulong[StructureWords], signals = stackalloc ulong[StructureWords];
        Check(Libc.InitActions(actions));
        Check(Libc.InitAttributes(attributes));
        byte** arguments = Copy(words), variables = Copy(environment);
        try
        {
            foreach (var file in closed) Check(Libc.AddClose(actions, file));
            Set(signals, IgnoredHere);
            Check(Libc.SetDefaultSignals(attributes, signals));
            Set(signals, blocked);
            Check(Libc.SetBlockedSignals(attributes, signals));
            Check(Libc.SetFlags(attributes, FlagDefaultSignals | FlagBlockedSignals));
            int process;
            Check(Libc.Spawn(&process, arguments[0], actions, attributes, arguments, variables));
            return process;
        }
        finally
        {
            Free(arguments);
            Free(variables);
            Libc.DestroyAttributes(attributes);
            Libc.DestroyActions(actions);
        }
    }

    private static void Set(void* set, IReadOnlyList<int> signals)
    {
        Check(Libc.EmptySignals(set));
        foreach (var signal in signals) Check(Libc.AddSignal(set, signal));
    }

    private static void Check(int error)
    {
        if (error != 0) throw new NotStartedException(error);
    }

    private static byte** Copy(IReadOnlyList<byte[]> words)
    {
        var copy = (byte**)NativeMemory.AllocZeroed((nuint)words.Count + 1, (nuint)sizeof(byte*));
        for (var i = 0; i < words.Count; i++)
        {
            copy[i] = (byte*)NativeMemory.AllocZeroed((nuint)words[i].Length + 1);
            words[i].CopyTo(new Span<byte>(copy[i], words[i].Length));
        }
        return copy;
    }

    private static void Free(byte** words)
    {
        for (var word = words; *word is not null; word++) NativeMemory.Free(*word);
        NativeMemory.Free(words);
    }
}
