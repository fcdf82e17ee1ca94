namespace GoGoScope;

/// <summary>The result of what has none, where one is asked for.</summary>
internal readonly struct Nothing;
