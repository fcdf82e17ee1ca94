namespace GoGoScope;

public sealed partial class Scope
{
    /// <summary>A lock without a key, of this process alone.</summary>
    public Lock CreateLock() => CreateLock(LockOptions.Default);

    /// <summary>A lock as <paramref name="options"/> say.</summary>
    public Lock CreateLock(LockOptions options) => new(this, options);

    /// <summary>The lock of <paramref name="key"/>.</summary>
    public Lock CreateLock(string key, LockOptions? options = null) => new(this, (options ?? LockOptions.Default) with { Key = key });
}
