namespace GoGoScope.Benchmarks.Workloads.Keys;

[Row(Section.Keys, "warm: 1,024 keys, `scope.AcquireLockAsync(key)`", ToReach = 1.0)]
public class WarmKeys : WarmKeysWorkload
{
    protected override async Task AcquireAndReleaseAsync(Scope scope, string[] keys, int[] drawn)
    {
        for (var i = 0; i < Operations; i++)
        {
            await using (await scope.AcquireLockAsync(keys[drawn[i]]))
                Tally.Value++;
        }
    }
}
