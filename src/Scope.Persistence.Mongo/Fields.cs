namespace GoGoScope.Persistence.Mongo;

/// <summary>What a document of the collection has. Short and plain, for people read them.</summary>
internal static class Fields
{
    /// <summary>The key, as text.</summary>
    internal const string Id = "_id";

    /// <summary>The number that the last swap chose.</summary>
    internal const string Version = "version";

    /// <summary>The last fencing token that was drawn.</summary>
    internal const string Fence = "fence";

    /// <summary>Who holds and who waits; empty if nobody does.</summary>
    internal const string Body = "body";

    /// <summary>The server's clock at the last swap.</summary>
    internal const string At = "at";

    /// <summary>Of a claim: from when on it counts.</summary>
    internal const string From = "from";

    /// <summary>Of a claim: until when it counts. Only claims have it.</summary>
    internal const string Until = "until";

    /// <summary>Of a claim: how many tokens it draws.</summary>
    internal const string Drew = "drew";

    /// <summary>The version that the record had when it was last freed.</summary>
    internal const string Was = "was";

    /// <summary>The processes that the last swap wakes, and its version.</summary>
    internal const string Wake = "wake";

    /// <summary>The index deletes the document a good while after this.</summary>
    internal const string Forget = "forget";

    /// <summary>Only in answers: the server's clock.</summary>
    internal const string Now = "now";
}
