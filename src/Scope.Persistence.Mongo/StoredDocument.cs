namespace GoGoScope.Persistence.Mongo;

/// <summary>The document of a key as it stands in the collection; <see cref="Record"/> is what it means.</summary>
/// <remarks>
/// A free key is claimed by an upsert, and MongoDB lets no upsert look at the clock: it leaves beside the time at which it was done the
/// times between which it counts. A claim that was done outside of them is <em>void</em>: everybody reads the record that was there before it.
/// </remarks>
internal readonly record struct StoredDocument
{
    internal required long Version { get; init; }

    internal required long Fence { get; init; }

    internal required string Body { get; init; }

    /// <summary>Microseconds, as all times here.</summary>
    internal required long At { get; init; }

    internal long From { get; init; }

    /// <summary>Null unless it is a claim.</summary>
    internal long? Until { get; init; }

    internal int Drew { get; init; }

    /// <summary>Null if the record was never freed, so that before a claim there was none.</summary>
    internal long? Was { get; init; }

    internal bool IsVoid => Until is { } until && (At < From || At >= until);

    /// <summary>The record, with the clock that was read with it.</summary>
    internal StoredRecord Record(long now)
    {
        if (!IsVoid) return new StoredRecord(Version, Fence, Body, now);
        // What a claim starts from is not before the fence that was there, and nobody was told the tokens that it drew.
        return Was is { } was ? new StoredRecord(was, Fence - Drew, Body: "", now) : new StoredRecord(Version: 0, Fence: 0, Body: "", now);
    }
}
