using System.Runtime.ExceptionServices;

namespace GoGoScope;

/// <summary>What came of a fetch: the value, or what it threw.</summary>
internal readonly record struct FetchOutcome<T>(T? Value, ExceptionDispatchInfo? Error);
