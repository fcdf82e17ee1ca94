namespace GoGoScope.Testing;

/// <summary>Servers in containers. What starts them is in Containers/, and compiled only where Testcontainers can be restored.</summary>
internal static partial class ServerContainer
{
    /// <summary>Starts one.</summary>
    /// <exception cref="InvalidOperationException">It can't be had; the message says why.</exception>
    internal static async Task<SharedServer> StartAsync(ServerProgram program)
    {
        Task<SharedServer>? starting = null;
        Start(program, ref starting);
        if (starting is null) throw new InvalidOperationException("the tests were built without Testcontainers");
        return await starting;
    }

    static partial void Start(ServerProgram program, ref Task<SharedServer>? starting);
}
