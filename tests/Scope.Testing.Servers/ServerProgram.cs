namespace GoGoScope.Testing;

/// <summary>What the tests know of one kind of server: how to find its program, start it, and reach it.</summary>
public abstract class ServerProgram
{
    /// <summary>The server's name in reasons and errors, such as "Redis".</summary>
    public abstract string Name { get; }

    /// <summary>The environment variable that may hold the connection string of a server that runs already.</summary>
    public abstract string Variable { get; }

    /// <summary>What the test script installs it from: the name of the package.</summary>
    public abstract string Package { get; }

    /// <summary>Whether the system's packages have it, so that no machine need do without.</summary>
    public virtual bool CanBeRequired => true;

    /// <summary>Why the program can't be started on this machine; null if it can.</summary>
    public string? WhyNot()
    {
        if (!OperatingSystem.IsLinux()) return "the tests start servers on Linux only";
        return FindProgram() is null ? $"its program is not on this machine (package {Package})" : WhyNotAsThisUser();
    }

    /// <summary>How a client of the server at <paramref name="port"/> of this machine connects.</summary>
    public abstract string Connection(int port);

    /// <summary>The path of the program; null if there is none.</summary>
    protected internal abstract string? FindProgram();

    /// <summary>Why the user who runs the tests can't start it; null if they can.</summary>
    protected internal virtual string? WhyNotAsThisUser() => null;

    /// <summary>Makes an empty folder into one that the server can start in.</summary>
    protected internal virtual Task PrepareAsync(string folder) => Task.CompletedTask;

    /// <summary>The command that becomes the server: one process, in the foreground, that listens on 127.0.0.1 only.</summary>
    protected internal abstract IReadOnlyList<string> Command(string folder, int port);

    /// <summary>The signal that ends it in order: at once, without waiting for its clients.</summary>
    protected internal abstract string StopSignal { get; }

    /// <summary>Whether the process <paramref name="processId"/> answers clients, and not only what was left by one before.</summary>
    protected internal abstract Task<bool> IsReadyAsync(string folder, int port, int processId);
}
