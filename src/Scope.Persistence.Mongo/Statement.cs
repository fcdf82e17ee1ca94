namespace GoGoScope.Persistence.Mongo;

/// <summary>One <c>findAndModify</c>, in plain values, so that it can be looked at without a driver.</summary>
/// <param name="Filter">The document that it changes.</param>
/// <param name="Update">What it does to that.</param>
/// <param name="IsUpsert">Whether it makes the document if none fits.</param>
/// <param name="LongestTime">The server gives up after this.</param>
internal sealed record Statement(Dictionary<string, object> Filter, Dictionary<string, object> Update, bool IsUpsert, TimeSpan LongestTime);
