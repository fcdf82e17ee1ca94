using System.Runtime.CompilerServices;

namespace GoGoScope;

/// <summary>
/// A number for each object of this process that is asked about, for an order among those that nothing else tells apart. Costs
/// nothing to objects that nobody asks about, and keeps none alive.
/// </summary>
internal static class InstanceNumbers
{
    private static readonly ConditionalWeakTable<object, StrongBox<long>> Given = [];
    private static long _last;

    internal static long Of(object instance) => Given.GetValue(instance, static _ => new StrongBox<long>(Interlocked.Increment(ref _last))).Value;
}
