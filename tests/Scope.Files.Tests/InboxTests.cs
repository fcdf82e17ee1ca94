using System.Net.Sockets;

namespace GoGoScope.Files.Tests;

/// <summary>The sockets at which processes hear that their turn has come.</summary>
[TestFixture]
public sealed class InboxTests
{
    private const string Listener = "listener";

    private DirectoryInfo _directory = null!;
    private FileLockStore _store = null!;
    private string _inbox = "";

    [SetUp]
    public void Open()
    {
        _directory = Directory.CreateTempSubdirectory("gogoscope-");
        // Who stands still after it has connected is heard when it goes on.
        _store = new FileLockStore(_directory.FullName) { Patience = Waiting.HangLimit };
        _inbox = new FileLayout(_directory.FullName).InboxOf(Listener);
    }

    [TearDown]
    public void Close() => _directory.Delete(recursive: true);

    [Test]
    public async Task Who_listens_no_more_leaves_nothing_behind()
    {
        var watching = await _store.WatchAsync(Listener, new NotedNews(), default);
        Assert.That(Directory.EnumerateFiles(_inbox).Count(), Is.EqualTo(1));
        await watching!.DisposeAsync();
        Assert.That(Directory.Exists(_inbox), Is.False);
    }

    [Test]
    public async Task The_socket_of_a_process_that_was_killed_is_removed_by_who_wakes_it()
    {
        Directory.CreateDirectory(_inbox);
        using (var killed = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            killed.Bind(new UnixDomainSocketEndPoint(Path.Combine(_inbox, "killed")));
            // The kernel closes it, and nobody deletes the file.
            File.Move(Path.Combine(_inbox, "killed"), Path.Combine(_inbox, "left"));
        }
        await WakeAsync("key");
        Assert.That(Directory.EnumerateFiles(_inbox), Is.Empty);
    }

    [Test]
    public async Task What_is_of_processes_that_are_gone_can_be_deleted_and_who_listens_stays()
    {
        var news = new NotedNews();
        await using var watching = await _store.WatchAsync(Listener, news, default);
        var living = Directory.EnumerateFileSystemEntries(_inbox).Single();
        var gone = Directory.CreateDirectory(new FileLayout(_directory.FullName).InboxOf("gone")).FullName;
        using (var killed = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            killed.Bind(new UnixDomainSocketEndPoint(Path.Combine(gone, "killed")));
            File.Move(Path.Combine(gone, "killed"), Path.Combine(gone, "left"));
        }
        foreach (var socket in new[] { Path.Combine(gone, "left"), Path.Combine(gone, "deleted"), Path.Combine(_inbox, "earlier") }) await File.WriteAllBytesAsync(FileNews.MissedMark(socket), []);

        await _store.PurgeAsync();
        Assert.That(Directory.EnumerateFileSystemEntries(gone), Is.Empty, "who comes just now may want the directory");
        Assert.That(Directory.EnumerateFileSystemEntries(_inbox), Is.EqualTo([living]));
        Directory.SetLastWriteTimeUtc(gone, DateTime.UtcNow - TimeSpan.FromMinutes(2));
        await _store.PurgeAsync();
        Assert.That(Directory.Exists(gone), Is.False);
        await WakeAsync("key");
        Assert.That((await news.NextAsync()).Key, Is.EqualTo("key"));
    }

    [Test]
    public async Task Who_can_not_be_told_does_not_undo_what_was_done()
    {
        // A socket that nobody can connect to, and beside it no mark can be left.
        Directory.CreateDirectory(FileNews.MissedMark(Path.Combine(_inbox, "unreachable")));
        File.CreateSymbolicLink(Path.Combine(_inbox, "unreachable"), "unreachable");
        await WakeAsync("key");
        Assert.That((await _store.ReadAsync("key", default)).Body, Is.EqualTo("body"));
    }

    [Test]
    public async Task Who_has_been_told_too_much_while_it_was_stopped_looks_at_everything_afterwards()
    {
        const int MoreThanFit = 700;
        var path = Path.Combine(Directory.CreateDirectory(_inbox).FullName, "stopped");
        using (var stopped = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            stopped.Bind(new UnixDomainSocketEndPoint(path));
            stopped.Listen(backlog: 512);
            for (var i = 0; i < MoreThanFit; i++) await WakeAsync($"key {i}");
            Assert.That(File.Exists(FileNews.MissedMark(path)), "who wakes has not waited, and has left a mark");
        }
        var news = new NotedNews();
        await using var watching = await _store.WatchAsync(Listener, news, default);
        var socket = Directory.EnumerateFiles(_inbox).Single(file => !Path.HasExtension(file));
        await File.WriteAllBytesAsync(FileNews.MissedMark(socket), []);
        await Waiting.Until(() => news.MissedCount > 0, "it is told to look");
        Assert.That(File.Exists(FileNews.MissedMark(socket)), Is.False);
    }

    [TestCase(0)]
    [TestCase(3)]
    [TestCase(40)]
    [TestCase(40_000)]
    public async Task Who_says_nothing_or_rubbish_costs_a_look_and_others_are_heard(int length)
    {
        var news = new NotedNews();
        await using var watching = await new FileLockStore(_directory.FullName).WatchAsync(Listener, news, default);
        using var stranger = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await stranger.ConnectAsync(new UnixDomainSocketEndPoint(Directory.EnumerateFiles(_inbox).Single()));
        // It is not closed: its process was stopped in the middle.
        if (length > 0) await stranger.SendAsync(Enumerable.Repeat((byte)0xff, length).ToArray());
        await Waiting.Until(() => news.MissedCount > 0, "it is told to look");
        // On a machine that stands still, whoever wakes may say nothing for too long, too.
        var wakes = 0;
        await Waiting.Until(
            async () =>
            {
                await WakeAsync($"key {++wakes}");
                return await news.ComesAsync();
            },
            "wakes arrive");
        Assert.That((await news.NextAsync()).Key, Does.StartWith("key "));
    }

    [Test]
    public async Task Where_a_path_is_too_long_for_a_socket_who_waits_looks()
    {
        var store = new FileLockStore(Path.Combine(_directory.FullName, new string('d', 100)));
        Assert.That(await store.WatchAsync(Listener, new NotedNews(), default), Is.Null);
        await using var one = new LeasedLockProvider(store);
        await using var another = new LeasedLockProvider(store);
        var held = await LockOf(one).AcquireAsync();
        var waiting = LockOf(another).AcquireAsync().AsTask();
        await Waiting.Until(() => another.Snapshot().Any(known => known.Waiters.Count == 1), "it waits");
        await held.DisposeAsync();
        await (await waiting.Soon()).DisposeAsync();
    }

    [Test]
    [Platform("Linux")]
    public async Task Where_the_file_system_has_no_sockets_who_waits_looks()
    {
        await using var one = new LeasedLockProvider(_store);
        await using var another = new LeasedLockProvider(_store);
        // File systems of the kernel's, on which nobody makes anything, root neither.
        foreach (var process in new[] { Listener, another.Process }) HaveInbox(process, "/sys");
        Assert.That(await _store.WatchAsync(Listener, new NotedNews(), default), Is.Null);
        var held = await LockOf(one).AcquireAsync();
        var waiting = LockOf(another).AcquireAsync().AsTask();
        await Waiting.Until(() => waiting.IsCompleted || another.Snapshot().Any(known => known.Waiters.Count == 1), "it waits");
        await held.DisposeAsync();
        await (await waiting.Soon()).DisposeAsync();
    }

    [Test]
    [Platform("Linux")]
    public async Task Where_a_socket_can_not_be_had_just_now_who_waits_is_told_and_tries_again()
    {
        // As if its directory had just been deleted.
        HaveInbox(Listener, "/proc");
        await Assert.ThatAsync(() => _store.WatchAsync(Listener, new NotedNews(), default).AsTask(), Throws.InstanceOf<SocketException>());
        File.Delete(_inbox);
        await using var watching = await _store.WatchAsync(Listener, new NotedNews(), default);
        Assert.That(watching, Is.Not.Null);
    }

    private void HaveInbox(string process, string elsewhere) => File.CreateSymbolicLink(new FileLayout(_directory.FullName).InboxOf(process), elsewhere);

    private static Lock LockOf(ILockProvider provider) => new(CancellationToken.None, new LockOptions { Key = "key", Provider = provider });

    private async Task WakeAsync(string key)
    {
        var now = (await _store.ReadAsync(key, default)).Now;
        var swap = new LockSwap { Key = key, Expected = 0, Version = 1, Body = "body", Draw = 1, NotAfter = now + 60_000_000, KeepUntil = now + 60_000_000, Wake = [Listener] };
        Assert.That((await _store.SwapAsync(swap, default)).Version, Is.EqualTo(1));
    }
}
