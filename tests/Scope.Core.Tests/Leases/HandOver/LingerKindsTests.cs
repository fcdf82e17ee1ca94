using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>A key that lingers, whatever it was taken for.</summary>
public sealed class LingerKindsTests : HandOverFixture
{
    private static readonly TimeSpan Linger = TimeSpan.FromHours(1);

    protected override LeaseOptions Options => base.Options with { Linger = Linger, LocalTurn = TimeSpan.FromMinutes(1) };

    [Test]
    public async Task Another_process_gets_at_once_what_lingers_after_a_try()
    {
        var guard = await LockOf(Here).TryAcquireAsync();
        await ReleaseAsync(guard!.Value);
        await ReleaseAsync(await Take(There).Soon());
    }

    [Test]
    public async Task A_writer_of_another_process_gets_at_once_what_lingers_after_a_read()
    {
        await ReleaseAsync(await Read(Here));
        await ReleaseAsync(await Take(There).Soon());
    }

    [Test]
    public async Task A_try_of_a_reader_lingers_no_longer_than_anybody_waits_for_it()
    {
        var guard = await LockOf(Here).TryAcquireReadAsync();
        await ReleaseAsync(guard!.Value);
        await ReleaseAsync(await Take(There).Soon());
    }

    [Test]
    public async Task A_reader_that_would_not_hear_of_others_because_they_have_drawn_all_tokens_does_not_linger()
    {
        var others = new[] { await Read(There), await Read(await OpenAsync()) };
        await ReleaseAsync(await Read(Here));
        Assert.That(Store.RecordOf(Key).Holders.Length, Is.EqualTo(others.Length));
        foreach (var guard in others) await ReleaseAsync(guard);
        await ReleaseAsync(await Take(Here).Soon());
    }
}
