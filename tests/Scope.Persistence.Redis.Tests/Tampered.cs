using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace GoGoScope.Persistence.Redis.Tests;

/// <summary>Something of the driver's, of whose calls a test answers some itself.</summary>
[SuppressMessage("Performance", "CA1852", Justification = "The runtime derives from it.")]
internal class Tampered : DispatchProxy
{
    private object _original = null!;
    private Func<MethodInfo, object?[], Func<object?>, object?> _answer = null!;

    /// <param name="original">What answers all other calls.</param>
    /// <param name="answer">Is given the method, the arguments, and what lets the original answer.</param>
    internal static T Over<T>(T original, Func<MethodInfo, object?[], Func<object?>, object?> answer) where T : class
    {
        var proxy = Create<T, Tampered>();
        ((Tampered)(object)proxy)._original = original;
        ((Tampered)(object)proxy)._answer = answer;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        _answer(targetMethod!, args!, () => targetMethod!.Invoke(_original, BindingFlags.DoNotWrapExceptions, binder: null, args, culture: null));
}
