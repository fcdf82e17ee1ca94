using System.Diagnostics;
using System.Runtime.Versioning;

namespace GoGoScope.Files.Tests;

/// <summary>A directory that several users may write, whatever the umask is with which they make files in it.</summary>
[TestFixture]
[Platform("Linux")]
[SupportedOSPlatform("linux")]
public sealed class UsersTests
{
    private const UnixFileMode All =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute |
        UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private const UnixFileMode AllOfAFile = All & ~(UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);

    // "nobody", whether it has a name or not.
    private const string AnotherUser = "65534";

    private DirectoryInfo _directory = null!;

    [SetUp]
    public void Open()
    {
        _directory = Directory.CreateTempSubdirectory("gogoscope-");
        _directory.UnixFileMode = All | UnixFileMode.StickyBit;
    }

    [TearDown]
    public void Close() => _directory.Delete(recursive: true);

    [Test]
    public async Task Whoever_may_write_the_directory_may_write_what_is_made_in_it()
    {
        var store = new FileLockStore(_directory.FullName);
        await using var watching = await store.WatchAsync("listener", new NotedNews(), default);
        await store.SwapAsync(new LockSwap { Key = "key", Expected = 0, Version = 1, Body = "body", Draw = 1, NotAfter = long.MaxValue, KeepUntil = 1 }, default);
        var made = _directory.EnumerateFileSystemInfos("*", SearchOption.AllDirectories).ToList();
        Assert.That(made.OfType<DirectoryInfo>().Select(static one => one.UnixFileMode & ~UnixFileMode.SetGroup).ToList(), Has.Count.EqualTo(5).And.All.EqualTo(All));
        Assert.That(made.OfType<FileInfo>().Select(static one => one.UnixFileMode).ToList(), Has.Count.EqualTo(5).And.All.EqualTo(AllOfAFile), string.Join(", ", made));
    }

    [Test]
    public async Task What_is_made_in_a_directory_of_one_user_is_as_the_umask_has_it()
    {
        _directory.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead;
        var store = new FileLockStore(_directory.FullName);
        await store.SwapAsync(new LockSwap { Key = "key", Expected = 0, Version = 1, Body = "body", Draw = 1, NotAfter = long.MaxValue, KeepUntil = 1 }, default);
        var asTheUmaskHasIt = _directory.CreateSubdirectory("made").UnixFileMode;
        Assert.That(_directory.EnumerateDirectories("*", SearchOption.AllDirectories).Select(static one => one.UnixFileMode), Is.All.EqualTo(asTheUmaskHasIt));
    }

    [Test]
    public async Task Two_users_hand_a_key_to_each_other()
    {
        if (Environment.UserName != "root") Assert.Ignore("only root can be two users");
        await using var provider = new FileLockProvider(_directory.FullName);
        var mine = await LockOf(provider).AcquireAsync();
        var start = new ProcessStartInfo(
            "setpriv",
            [$"--reuid={AnotherUser}", $"--regid={AnotherUser}", "--clear-groups", "dotnet", "exec", Path.Combine(AppContext.BaseDirectory, "GoGoScope.Testing.Worker.dll"), "store=file", $"connection={_directory.FullName}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var other = Process.Start(start)!;
        other.StandardInput.AutoFlush = true;
        Assert.That(await other.StandardOutput.ReadLineAsync().Soon(), Is.EqualTo("0 ok"));
        await other.StandardInput.WriteLineAsync("1 acquire theirs key Exclusive 30000 0 30000 True");
        await mine.DisposeAsync();
        Assert.That(await other.StandardOutput.ReadLineAsync().Soon(), Does.StartWith("1 ok"));
        var waiting = LockOf(provider).AcquireAsync().AsTask();
        await Waiting.Until(() => provider.Snapshot().Any(static known => known.Waiters.Count == 1), "it waits");
        await other.StandardInput.WriteLineAsync("2 release theirs");
        Assert.That(await other.StandardOutput.ReadLineAsync().Soon(), Does.StartWith("2 ok"));
        await (await waiting.Soon()).DisposeAsync();
        other.StandardInput.Close();
        await other.WaitForExitAsync().Soon();
    }

    private static Lock LockOf(ILockProvider provider) => new(CancellationToken.None, new LockOptions { Key = "key", Provider = provider });
}
