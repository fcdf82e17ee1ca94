using GoGoScope.Benchmarks.Stores.Servers;

namespace GoGoScope.Benchmarks.Stores.Rows;

/// <summary>A lock that nobody else wants, kept in another way than by default, or beside another floor. PostgreSQL only, if nothing else is said.</summary>
internal abstract class FreeVariant(StoreVariant variant, StoreFigure figure) : StoreRow(figure.Title)
{
    internal override bool IsOf(StoreKind store) => store == StoreKind.Postgres;

    internal override async Task MeasureAsync(RowRun run)
    {
        await using var floor = await run.Server.OpenFloorAsync(variant);
        await using var provider = await run.Server.OpenAsync(variant: variant);
        await using var scope = Scope.Create(new ScopeOptions { LockProvider = provider });
        var free = scope.CreateLock("free");
        var (bare, ours) = await Durations.CompareAsync(run.Plan.Slice, floor.PairAsync, async () =>
        {
            await using (await free.AcquireAsync())
            {
            }
        });
        run.Add(figure, ours.Median, bare.Median);
    }
}

/// <summary>As by default, and the floor is prepared as well; for information.</summary>
internal sealed class FreePrepared() : FreeVariant(StoreVariant.PreparedFloor, new StoreFigure("a free lock, and a floor that is prepared as it is", Unit.Time, "floor, prepared"));

/// <summary>As behind a transaction pooler, and neither is prepared; for information.</summary>
internal sealed class FreeUnprepared() : FreeVariant(StoreVariant.Unprepared, new StoreFigure("a free lock, with `PrepareStatements = false`", Unit.Time, "floor"));

/// <summary>In an unlogged table, beside a lock that is in no table at all.</summary>
internal sealed class FreeFast() : FreeVariant(StoreVariant.Fast, new StoreFigure("a free lock, with `PostgresDurability.Fast`", Unit.Time, "advisory lock", Target.RatioAtMost(2.4)));

/// <summary>In the table, beside a lock that is in no table at all; for information.</summary>
internal sealed class FreeBesideNamedLock() : FreeVariant(StoreVariant.OfASession, new StoreFigure("a free lock, beside one of a session", Unit.Time, "named lock"))
{
    internal override bool IsOf(StoreKind store) => store == StoreKind.MariaDb;
}
