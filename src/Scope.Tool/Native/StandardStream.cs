using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace GoGoScope.Tool;

/// <summary>
/// Standard output or standard error, written to as it is: a console would prepare the terminal for itself, and take a pipe that nobody reads any more
/// for one that somebody does.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal sealed partial class StandardStream(int file) : Stream
{
    internal const int Output = 1;
    internal const int Errors = 2;

    private const int GetFlags = 1;
    private const int Interrupted = 4;
    private const int WouldWait = 11;
    private const int NobodyReads = 32;
    private const short Writable = 4;
    private const int WithoutEnd = -1;

    /// <summary>Whether it was open when gogoscope was started. Otherwise the number is that of a file of .NET's own, which no other program would get.</summary>
    internal bool IsOpen => FlagsOf(file, GetFlags) == 0;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Writes all of it, or as much as can be.</summary>
    /// <returns>Zero, or the system's number of what went wrong.</returns>
    internal int TryWrite(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var count = WriteTo(file, bytes, bytes.Length);
            if (count > 0)
            {
                bytes = bytes[(int)count..];
                continue;
            }
            var error = Marshal.GetLastPInvokeError();
            // Somebody who has the same file may have set it so that it doesn't wait.
            if (error == WouldWait) _ = WaitFor(new Awaited { File = file, Events = Writable }, 1, WithoutEnd);
            else if (error != Interrupted) return error;
        }
        return 0;
    }

    /// <exception cref="BrokenPipeException">Nobody reads it any more.</exception>
    /// <exception cref="ToolException">It can't be written to, because the disk is full, say, or it was closed when gogoscope was started.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (!IsOpen) throw new ToolException(ExitCode.NotWritten, "The output can't be written: it is closed.");
        if (TryWrite(buffer) is not (not 0 and var error)) return;
        throw error == NobodyReads ? new BrokenPipeException() : new ToolException(ExitCode.NotWritten, $"The output can't be written: {Marshal.GetPInvokeErrorMessage(error)}.");
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Write(buffer, offset, count);
        return Task.CompletedTask;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteTo(int file, ReadOnlySpan<byte> bytes, nint count);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int FlagsOf(int file, int command);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int WaitFor(in Awaited file, nuint count, int timeout);

    private struct Awaited
    {
        internal int File;
        internal short Events;
        internal short Happened;
    }
}
