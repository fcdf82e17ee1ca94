using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace GoGoScope.Files.Tests;

/// <summary>What stands in the directory, and what becomes of the locks when somebody else has a hand in it.</summary>
[TestFixture]
public sealed class DirectoryTests
{
    private DirectoryInfo _directory = null!;
    private FileLockProvider _provider = null!;
    private FileLockProvider _impatient = null!;

    [SetUp]
    public void Open()
    {
        _directory = Directory.CreateTempSubdirectory("gogoscope-");
        _provider = new FileLockProvider(_directory.FullName);
        _impatient = new FileLockProvider(_directory.FullName, new LeaseOptions { StoreTimeout = TimeSpan.FromSeconds(1) });
    }

    [TearDown]
    public async Task Close()
    {
        await _provider.DisposeAsync();
        await _impatient.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    [Test]
    public async Task A_held_key_is_a_file_that_a_person_can_read()
    {
        await using var guard = await LockOf("orders:4711").AcquireAsync();
        var file = Records().Single();
        Assert.That(file.Name, Does.StartWith("lock-orders-4711."));
        var lines = await File.ReadAllLinesAsync(file.FullName);
        Assert.That(lines[0], Is.EqualTo("\"lock:orders:4711\""));
        Assert.That(lines[2], Does.StartWith("{\"holders\":[{"));
    }

    [Test]
    public async Task What_else_stands_beside_the_records_is_left_alone()
    {
        await using var guard = await LockOf("a").AcquireAsync();
        var records = Records().Single().DirectoryName!;
        string[] others = ["backup.lock", ".lock", $"{new string('g', 64)}.lock", $"a.{new string('0', 63)}.lock", "backup.lock.next"];
        foreach (var other in others) await File.WriteAllTextAsync(Path.Combine(records, other), "somebody else's");

        Assert.That((await _provider.InspectAllAsync().ToListAsync()).Select(found => found.Key), Is.EqualTo(["a"]));
        Assert.That(await _provider.PurgeAsync(), Is.Zero);
        foreach (var other in others) Assert.That(Path.Combine(records, other), Does.Exist);
    }

    [Test]
    public async Task Those_who_come_first_into_a_directory_share_its_gates()
    {
        const int Times = 200, AtOnce = 4;
        using var all = new Barrier(AtOnce);
        for (var i = 0; i < Times; i++)
        {
            var directory = Path.Combine(_directory.FullName, $"first-{i}");
            // As processes do, each opens its gates by itself.
            var records = await Task.WhenAll(Enumerable.Range(1, AtOnce).Select(version => Task.Factory.StartNew(
                () =>
                {
                    var store = new FileLockStore(directory);
                    all.SignalAndWait();
                    var swap = new LockSwap { Key = "key", Expected = 0, Version = version, Body = "body", Draw = 1, NotAfter = long.MaxValue, KeepUntil = 1 };
                    return store.SwapAsync(swap, default).AsTask().GetAwaiter().GetResult();
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
            Assert.That(records.Select(static record => record.Version).Distinct().ToList(), Has.Count.EqualTo(1), "all see the same one");
        }
    }

    [Test]
    public async Task A_free_key_leaves_no_file()
    {
        await (await LockOf("orders:4711").AcquireAsync()).DisposeAsync();
        Assert.That(Records(), Is.Empty);
    }

    [Test]
    public async Task No_text_that_is_not_a_record_is_taken_for_one([Values("", "rubbish", "\"lock:key\"\n1 2\n{}", "\"lock:key\"\n1 2 x\n{}", "[1]\n1 2 3\n{}")] string text)
    {
        await (await LockOf("key").AcquireAsync()).DisposeAsync();
        var file = new FileLayout(_directory.FullName).RecordOf("lock:key");
        await File.WriteAllTextAsync(file, text);
        // It may not even come to the file in time on a machine that stands still.
        var failure = "";
        await Waiting.Until(
            async () => (failure = $"{await Assert.CatchAsync<LockProviderException>(() => ImpatientLockOf("key").AcquireAsync().AsTask().Soon())}").Contains(file, StringComparison.Ordinal),
            () => $"it names {file}, and not only: {failure}");
        Assert.That(failure, Does.Contain("file").And.Contain("key"));
        File.Delete(file);
        await AcquireInTheEndAsync(ImpatientLockOf("key"));
    }

    [Test]
    public async Task Who_has_deleted_the_directory_has_deleted_the_locks_and_the_next_one_is_granted()
    {
        var guard = await LockOf("key").AcquireAsync();
        foreach (var start in _directory.EnumerateDirectories()) start.Delete(recursive: true);
        await using var next = await LockOf("another").AcquireAsync().Soon();
        await guard.DisposeAsync().Soon();
        Assert.That(next.IsHeld);
    }

    [Test]
    public async Task A_process_that_is_stopped_inside_a_gate_lets_others_behind_it_fail_in_time_and_go_on_later()
    {
        using (StopInside(new FileLayout(_directory.FullName).RecordOf("lock:key")))
        {
            var failure = (await Assert.CatchAsync<LockProviderException>(() => ImpatientLockOf("key").AcquireAsync().AsTask().Soon()))!;
            Assert.That(failure.Message, Does.Contain("file").And.Contain("key"));
        }
        await AcquireInTheEndAsync(ImpatientLockOf("key"));
    }

    [Test]
    public async Task Of_several_changes_at_once_a_gate_that_stays_shut_keeps_only_those_behind_it()
    {
        var (store, layout) = (new FileLockStore(_directory.FullName), new FileLayout(_directory.FullName));
        var (kept, free) = ("a", "b");
        Assert.That(FileLayout.GateOf(layout.RecordOf(kept)), Is.Not.EqualTo(FileLayout.GateOf(layout.RecordOf(free))));
        Task<IReadOnlyList<StoredRecord>> changing;
        using (StopInside(layout.RecordOf(kept)))
        {
            changing = store.SwapManyAsync([Taking(kept, version: 1), Taking(free, version: 2)], default).AsTask();
            await Waiting.Until(async () => !(await store.ReadAsync(free, default)).IsFree, "the other one is changed");
            Assert.That(changing.IsCompleted, Is.False);
        }
        Assert.That((await changing.Soon()).Select(record => record.Version), Is.EqualTo([1, 2]));

        static LockSwap Taking(string key, long version) => new() { Key = key, Expected = 0, Version = version, Body = "{}", NotAfter = long.MaxValue, KeepUntil = long.MaxValue };
    }

    [Test]
    public async Task Who_gives_up_waiting_at_a_gate_leaves_it_to_the_others()
    {
        var store = new FileLockStore(_directory.FullName);
        using var cancel = new CancellationTokenSource();
        using (StopInside(new FileLayout(_directory.FullName).RecordOf("key")))
        {
            var reading = store.ReadAsync("key", cancel.Token).AsTask();
            await cancel.CancelAsync();
            await Assert.CatchAsync<OperationCanceledException>(() => reading.Soon());
        }
        Assert.That((await store.ReadAsync("key", default).Soon()).IsFree);
    }

    [Test]
    public async Task What_nobody_needs_any_more_can_be_deleted_and_what_is_held_stays()
    {
        var store = new FileLockStore(_directory.FullName);
        var layout = new FileLayout(_directory.FullName);
        await using var guard = await LockOf("held").AcquireAsync();
        FileRecord.Write(layout.RecordOf("process:gone"), "process:gone", version: 1, fence: 1, keepUntil: 1, "x"u8);
        FileRecord.Write(layout.RecordOf("lock:later"), "lock:later", version: 1, fence: long.MaxValue / 2, keepUntil: 1, []);
        FileRecord.Write(layout.RecordOf("held") + ".not-written", "held", version: 1, fence: 1, keepUntil: 1, "x"u8);
        File.Move(layout.RecordOf("held") + ".not-written", layout.RecordOf("killed") + FileRecord.NextSuffix);
        var earlier = PlantStart("00000000", TimeSpan.FromHours(2));
        var justBefore = PlantStart("00000001", TimeSpan.FromMinutes(30));
        var others = _directory.CreateSubdirectory("not of locks");

        Assert.That(await _provider.PurgeAsync(), Is.EqualTo(1));
        Assert.That(_directory.EnumerateFiles("*" + FileRecord.NextSuffix, SearchOption.AllDirectories), Is.Empty);
        Assert.That(Records().Select(file => file.Name.Split('.')[0]), Is.EquivalentTo(new[] { "lock-held", "lock-later" }), "a fence that is later than the clock is needed");
        Assert.That((earlier.Exists, justBefore.Exists), Is.EqualTo((false, true)), "what was changed in the last hour may be of somebody who can't be seen");
        Assert.That(Directory.Exists(others.FullName));
        await Assert.ThatAsync(() => store.PurgeAsync(new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());
    }

    /// <summary>As a power cut may leave it, where starts of the machine are not told apart.</summary>
    [Test]
    public async Task What_is_no_record_is_in_the_way_of_no_other_key([Values("", "rubbish")] string text)
    {
        var layout = new FileLayout(_directory.FullName);
        await using var guard = await LockOf("held").AcquireAsync();
        FileRecord.Write(layout.RecordOf("process:gone"), "process:gone", version: 1, fence: 1, keepUntil: 1, "x"u8);
        var file = layout.RecordOf("lock:broken");
        await File.WriteAllTextAsync(file, text);

        Assert.That((await _provider.InspectAllAsync().ToListAsync()).Select(found => found.Key), Is.EqualTo(["held"]));
        Assert.That((await _provider.InspectAsync("broken")).Problem, Does.Contain(file));
        Assert.That(await _provider.PurgeAsync(), Is.EqualTo(1));
        Assert.That(file, Does.Exist, "somebody may yet want to see it");
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow - TimeSpan.FromHours(2));
        Assert.That(await _provider.PurgeAsync(), Is.EqualTo(1));
        Assert.That(file, Does.Not.Exist);
        Assert.That(guard.IsHeld);
    }

    [Test]
    public async Task What_is_no_record_is_removed_by_force([Values("", "rubbish")] string text)
    {
        var file = new FileLayout(_directory.FullName).RecordOf("lock:broken");
        await File.WriteAllTextAsync(file, text);
        Assert.That((await _provider.ForceReleaseAsync("broken")).Problem, Does.Contain(file));
        Assert.That(file, Does.Not.Exist);
        await AcquireInTheEndAsync(LockOf("broken"));
    }

    [TestCase("audit", "records")]
    [TestCase("deadbeef", "records")]
    [TestCase("deadbee", "records", "gates", "inboxes")]
    [TestCase("DEADBEEF", "records", "gates", "inboxes")]
    public async Task What_only_looks_like_an_earlier_start_is_somebody_elses_and_stays(string name, params string[] directories)
    {
        foreach (var directory in directories) _directory.CreateSubdirectory(Path.Combine(name, directory)).LastWriteTimeUtc = DateTime.UtcNow - TimeSpan.FromHours(2);
        var records = Path.Combine(_directory.FullName, name, "records");
        var file = Path.Combine(records, "x");
        await File.WriteAllTextAsync(file, "theirs");
        Directory.SetLastWriteTimeUtc(records, DateTime.UtcNow - TimeSpan.FromHours(2));
        await _provider.PurgeAsync();
        Assert.That(File.Exists(file));
    }

    /// <summary>They would lock beside each other, and delete what the other one holds.</summary>
    [Test]
    public async Task Processes_that_see_different_starts_of_the_machine_are_refused_and_leave_alone_what_they_do_not_see()
    {
        const string Another = "11111111";
        var refused = Assert.Throws<IOException>(() => _ = new FileLockStore(_directory.FullName, Another, TimeProvider.System))!;
        Assert.That(refused.Message, Does.Contain("different starts").And.Contain(new FileLayout(_directory.FullName).Start).And.Contain(Another).And.Contain("boot_id"));

        var start = PlantStart(Another, TimeSpan.FromHours(2));
        using (File.OpenHandle(Path.Combine(start.FullName, "in-use"), FileMode.OpenOrCreate, FileAccess.Read, FileShare.Read))
        {
            await Assert.ThatAsync(() => _provider.PurgeAsync(), Throws.InstanceOf<IOException>().With.Message.Contains(Another));
            Assert.That(Directory.Exists(start.FullName));
        }
        await _provider.PurgeAsync();
        Assert.That(Directory.Exists(start.FullName), Is.False, "nobody uses it any more");
    }

    [Test]
    public async Task A_start_after_which_nobody_is_left_is_in_nobodys_way()
    {
        PlantStart("11111111", TimeSpan.Zero);
        await using var next = new FileLockProvider(_directory.FullName);
        await using var guard = await LockOf("key").AcquireAsync();
    }

    /// <summary>A purge keeps it alone while it deletes, which takes longer where there is more.</summary>
    [Test]
    [Platform("Linux")]
    public async Task A_start_that_somebody_is_deleting_is_in_nobodys_way_and_left_to_whoever_deletes_it()
    {
        var start = PlantStart("11111111", TimeSpan.FromHours(2));
        using (File.OpenHandle(Path.Combine(start.FullName, "in-use"), FileMode.Open, FileAccess.Read, FileShare.None))
        {
            await using var next = new FileLockProvider(_directory.FullName);
            await next.PurgeAsync();
            Assert.That(Directory.Exists(start.FullName));
        }
        using (File.OpenHandle(Path.Combine(start.FullName, "in-use"), FileMode.Open, FileAccess.Read, FileShare.Read))
            Assert.That(() => new FileLockStore(_directory.FullName), Throws.InstanceOf<IOException>().With.Message.Contains("different starts"));
        await _provider.PurgeAsync();
        Assert.That(Directory.Exists(start.FullName), Is.False);
    }

    [Test]
    public async Task Tokens_rise_although_the_clock_is_set_back_and_no_file_is_left()
    {
        var time = new ManualTimeProvider(DateTimeOffset.UtcNow);
        var store = new FileLockStore(_directory.FullName, start: null, time);
        var swap = new LockSwap { Key = "key", Expected = 0, Version = 1, Body = "body", Draw = 1, NotAfter = long.MaxValue, KeepUntil = 1 };
        var taken = await store.SwapAsync(swap, default);
        time.Advance(TimeSpan.FromSeconds(1));
        await store.SwapAsync(swap with { Expected = 1, Version = 2, Body = "", Draw = 0 }, default);
        Assert.That(Records(), Is.Empty);

        var setBack = new FileLockStore(_directory.FullName, start: null, new ManualTimeProvider(DateTimeOffset.UtcNow - TimeSpan.FromHours(1)));
        Assert.That((await setBack.SwapAsync(swap with { Version = 3 }, default)).Fence, Is.GreaterThan(taken.Fence));
    }

    [Test]
    public void A_directory_has_a_name_and_is_one([Values("", " ")] string name)
    {
        Assert.That(() => new FileLockStore(name), Throws.InstanceOf<ArgumentException>());
        var file = Path.Combine(_directory.FullName, "a file");
        File.WriteAllText(file, "");
        Assert.That(() => new FileLockStore(file), Throws.InstanceOf<IOException>().With.Message.Contain(file));
    }

    [Test]
    public void Without_a_name_it_is_one_of_the_user()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        Assert.That(FileLockStore.DefaultDirectory, Is.EqualTo(Path.Combine(home, "gogoscope", "locks")));
    }

    // What .NET reads once, when a process starts.
    [Test]
    public async Task Where_files_are_not_locked_it_says_so()
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "GoGoScope.Testing.Worker.dll"), "store=file", $"connection={_directory.FullName}"])
        {
            RedirectStandardError = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["DOTNET_SYSTEM_IO_DISABLEFILELOCKING"] = "1";
        using var worker = Process.Start(start)!;
        worker.StandardInput.Close();
        var errors = await worker.StandardError.ReadToEndAsync().Soon();
        Assert.That(errors, Does.Contain(nameof(IOException)).And.Contain("Locks on files have no effect").And.Contain(_directory.FullName));
        await worker.WaitForExitAsync().Soon();
    }

    /// <summary>What an earlier start, or another one, has left, and not touched for so long.</summary>
    private DirectoryInfo PlantStart(string name, TimeSpan untouched)
    {
        var start = _directory.CreateSubdirectory(name);
        foreach (var beside in new[] { "gates", "inboxes" }) start.CreateSubdirectory(beside);
        var records = start.CreateSubdirectory("records");
        File.WriteAllText(Path.Combine(start.FullName, "in-use"), "");
        records.LastWriteTimeUtc = DateTime.UtcNow - untouched;
        return start;
    }

    private SafeFileHandle StopInside(string record) =>
        File.OpenHandle(new FileLayout(_directory.FullName).GateFile(FileLayout.GateOf(record)), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    private Lock LockOf(string key) => new(CancellationToken.None, new LockOptions { Key = key, Provider = _provider });

    private Lock ImpatientLockOf(string key) => new(CancellationToken.None, new LockOptions { Key = key, Provider = _impatient });

    /// <summary>Its second is not enough on a machine that stands still, nor behind a read that nobody waits for any more.</summary>
    private static async Task AcquireInTheEndAsync(Lock @lock) => await (await Again.AcquireAsync(@lock)).DisposeAsync();

    private List<FileInfo> Records() => [.. _directory.EnumerateFiles("*.lock", SearchOption.AllDirectories)];
}
