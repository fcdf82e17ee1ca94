namespace GoGoScope.Tool;

/// <summary>One process and no other: its number may be that of another one later.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Start">When it was started, as the kernel counts since the machine was.</param>
internal readonly record struct ProcessIdentity(int Id, ulong Start);
