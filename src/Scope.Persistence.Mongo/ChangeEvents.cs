namespace GoGoScope.Persistence.Mongo;

/// <summary>What is asked of a change stream, in plain values.</summary>
internal static class ChangeEvents
{
    /// <summary>The fields without which an event does not tell the record.</summary>
    internal static IReadOnlyList<string> Carried { get; } = [Fields.Version, Fields.Fence, Fields.Body, Fields.At];

    /// <summary>The changes that wake <paramref name="process"/>, and nothing else.</summary>
    internal static IEnumerable<Dictionary<string, object>> Pipeline(string process) =>
    [
        new() { ["$changeStream"] = new Dictionary<string, object>() },
        new()
        {
            ["$match"] = new Dictionary<string, object>
            {
                ["$or"] = new List<object>
                {
                    // The document of an update is looked up later, when somebody else may be woken by it; what was set is of this change.
                    new Dictionary<string, object> { ["operationType"] = "insert", [$"fullDocument.{Fields.Wake}"] = process },
                    new Dictionary<string, object> { ["operationType"] = "update", [$"updateDescription.updatedFields.{Fields.Wake}"] = process },
                },
            },
        },
    ];

    /// <summary>Whether an error of this <paramref name="code"/> means that the deployment has no change streams at all.</summary>
    internal static bool SaysThatThereAreNone(int code) => code is
        // $changeStream is only supported on replica sets; there is no such stage; of servers that only speak like MongoDB.
        40573 or 40324 or 59 or 115 or 238;
}
