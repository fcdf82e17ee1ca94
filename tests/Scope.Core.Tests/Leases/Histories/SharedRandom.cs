using System.Reflection;

namespace GoGoScope.Tests.Leases.Histories;

/// <summary>
/// Makes <see cref="Random.Shared"/> begin anew on this thread, so that a seed replays what the code under test leaves to chance:
/// the jitter of polls. There is no other way in; a runtime that keeps the state elsewhere makes this return false.
/// </summary>
internal static class SharedRandom
{
    private static readonly FieldInfo? OfThread =
        Random.Shared.GetType().GetField("t_random", BindingFlags.Static | BindingFlags.NonPublic);

    private static readonly FieldInfo[] State =
        OfThread is null ? [] : [.. OfThread.FieldType.GetFields(BindingFlags.Instance | BindingFlags.NonPublic).Where(field => field.FieldType == typeof(ulong))];

    internal static bool TrySeed(ulong seed)
    {
        // The thread has one from its first number on.
        _ = Random.Shared.Next();
        if (State.Length == 0 || OfThread!.GetValue(null) is not { } random) return false;
        var choices = new SplitMix(seed);
        foreach (var field in State) field.SetValue(random, choices.Next());
        return true;
    }
}
