namespace GoGoScope.Tests.Scopes;

/// <summary>Stands for what a lock puts into a scope's list.</summary>
internal sealed class FakeGuard(string name, List<string> log) : Owned
{
    internal override ValueTask ReleaseAsync(long stamp)
    {
        log.Add(name);
        return ValueTask.CompletedTask;
    }

    internal override string Describe() => $"guard {name}";
}
