using GoGoScope.Packages.Tests.Making;
using GoGoScope.Testing;

namespace GoGoScope.Packages.Tests;

/// <summary>Packs once for all tests.</summary>
[SetUpFixture]
public sealed class RunSetUp
{
    private static PackedFolder? _packed;

    internal static PackedFolder Packed => _packed!;

    [OneTimeSetUp]
    public async Task Pack()
    {
        using var longest = new CancellationTokenSource(TimeSpan.FromMinutes(4.5));
        _packed = await PackedFolder.MakeAsync(longest.Token);
    }

    [OneTimeTearDown]
    public Task EndAsync()
    {
        _packed?.Dispose();
        return TestServer.Redis.StopAsync();
    }
}
