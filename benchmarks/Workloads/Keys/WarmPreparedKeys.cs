namespace GoGoScope.Benchmarks.Workloads.Keys;

/// <summary>The lock of each key is made once and kept.</summary>
[Row(Section.Keys, "warm: 1,024 keys, locks kept from `scope.CreateLock(key)`", ToReach = 1.0)]
public class WarmPreparedKeys : WarmKeysWorkload
{
    private Lock[] _locks = [];

    protected override void Prepare(Scope scope, string[] keys) => _locks = Array.ConvertAll(keys, key => scope.CreateLock(key));

    protected override async Task AcquireAndReleaseAsync(Scope scope, string[] keys, int[] drawn)
    {
        for (var i = 0; i < Operations; i++)
        {
            await using (await _locks[drawn[i]].AcquireAsync())
                Tally.Value++;
        }
    }
}
