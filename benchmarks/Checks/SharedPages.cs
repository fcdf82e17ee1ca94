using System.IO.MemoryMappedFiles;

namespace GoGoScope.Benchmarks.Checks;

/// <summary><see cref="Pages"/> that processes share: the two numbers stand in a file that all of them map.</summary>
internal sealed class SharedPages : IDisposable
{
    private const int Left = 0;
    private const int Right = sizeof(int);

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    /// <summary>Makes the file if it is not there.</summary>
    internal SharedPages(string path)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, mapName: null, capacity: 2 * sizeof(int));
        _view = _file.CreateViewAccessor();
    }

    /// <summary>What a reader sees when it comes in.</summary>
    internal int Read()
    {
        var left = Number(Left);
        if (Number(Right) != left) throw new ExclusionViolatedException("A reader or writer came in while a writer of some process was inside.");
        return left;
    }

    /// <summary>What a reader must still see when it leaves.</summary>
    internal void ExpectUnchanged(int seen)
    {
        if (Read() != seen) throw new ExclusionViolatedException("A writer of some process was inside together with a reader.");
    }

    /// <summary>A writer begins; what it returns is for <see cref="EndWrite"/>.</summary>
    internal int BeginWrite()
    {
        var next = Read() + 1;
        Set(Left, next);
        return next;
    }

    internal void EndWrite(int next)
    {
        if (Number(Left) != next) throw new ExclusionViolatedException("Two writers of some processes were inside at once.");
        Set(Right, next);
    }

    internal void Expect(int writes)
    {
        if (Read() != writes) throw new ExclusionViolatedException($"{writes} writes of all processes counted to {Read()}: two writers were inside at once.");
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    private int Number(int at)
    {
        var number = _view.ReadInt32(at);
        Interlocked.MemoryBarrier();
        return number;
    }

    private void Set(int at, int number)
    {
        Interlocked.MemoryBarrier();
        _view.Write(at, number);
        Interlocked.MemoryBarrier();
    }
}
