using System.Reflection;
using System.Runtime.CompilerServices;

namespace GoGoScope.Tests.Conventions;

/// <summary>What holds for each type and member that users see.</summary>
[TestFixture]
public sealed class PublicSurfaceTests
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>Types that users derive from.</summary>
    private static readonly Type[] Open = [typeof(LockHold), typeof(LeasedLockProvider)];

    private static readonly Assembly Core = typeof(Scope).Assembly;

    [Test]
    public void Classes_are_sealed() =>
        Assert.That(
            Core.GetExportedTypes().Where(type => type.IsClass && !type.IsSealed).Except(Open), Is.Empty,
            "A class that is not made for derivation must not promise it.");

    [Test]
    public void Everything_public_is_in_one_namespace() =>
        Assert.That(Core.GetExportedTypes().Select(type => type.Namespace).Distinct(), Is.EqualTo(["GoGoScope"]));

    [Test]
    public void The_cancellation_token_comes_last()
    {
        // The token of this one is the lock's lifetime, not the call's.
        var exception = typeof(Lock).GetConstructor([typeof(CancellationToken), typeof(LockOptions)]);
        var misplaced =
            from type in Core.GetExportedTypes()
            from method in type.GetMembers(Declared).OfType<MethodBase>()
            where IsVisible(method) && method != exception
            let parameters = method.GetParameters()
            let token = Array.FindLastIndex(parameters, parameter => parameter.ParameterType == typeof(CancellationToken))
            where token >= 0 && token != parameters.Length - 1
            select $"{type.Name}.{method}";
        Assert.That(misplaced, Is.Empty);
    }

    /// <summary>What users see if it gives a task or enumerates asynchronously, and whatever is written with "async". Map stands beside MapAsync.</summary>
    [Test]
    public void Async_methods_are_named_Async()
    {
        var misnamed =
            from type in Core.GetTypes()
            where !IsGenerated(type)
            from method in type.GetMethods(Declared)
            where method.IsDefined(typeof(AsyncStateMachineAttribute)) || (type.IsVisible && IsVisible(method) && IsAsync(method.ReturnType))
            where !method.IsSpecialName && !IsGenerated(method) && !IsConversion(method) && !IsDeclaredElsewhere(method)
            where !method.Name.EndsWith("Async", StringComparison.Ordinal) && method.Name != nameof(Scope.Map)
            select $"{type.Name}.{method.Name}";
        Assert.That(misnamed, Is.Empty);
    }

    [Test]
    public void Nothing_else_is_named_Async()
    {
        var misnamed =
            from type in Core.GetExportedTypes()
            from method in type.GetMethods(Declared)
            where IsVisible(method) && method.Name.EndsWith("Async", StringComparison.Ordinal) && !IsAsync(method.ReturnType)
            select $"{type.Name}.{method.Name}";
        Assert.That(misnamed, Is.Empty);
    }

    [Test]
    public void Async_void_is_never_used()
    {
        var fireAndForget =
            from type in Core.GetTypes()
            from method in type.GetMethods(Declared)
            where method.ReturnType == typeof(void) && method.IsDefined(typeof(AsyncStateMachineAttribute))
            select $"{type.Name}.{method.Name}";
        Assert.That(fireAndForget, Is.Empty, "Its exceptions would end the process.");
    }

    [Test]
    public void A_lock_cannot_be_made_by_accident() =>
        Assert.That(typeof(Lock).GetConstructors().Where(made => made.GetParameters().All(parameter => parameter.IsOptional)), Is.Empty);

    /// <summary>System.Threading.Semaphore would meet it under implicit usings.</summary>
    [Test]
    public void No_name_meets_one_of_the_implicit_usings_but_Lock()
    {
        string[] implicitUsings = ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks"];
        Assembly[] framework = [typeof(object).Assembly, typeof(HttpClient).Assembly, typeof(Enumerable).Assembly, typeof(Stack<>).Assembly, typeof(Barrier).Assembly];
        var taken = framework.SelectMany(assembly => assembly.GetExportedTypes()).Where(type => !type.IsNested && implicitUsings.Contains(type.Namespace)).Select(type => type.Name);

        Assert.That(Core.GetExportedTypes().Where(type => !type.IsNested).Select(type => type.Name).Intersect(taken), Is.EqualTo([nameof(Lock)]));
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsGenerated(MemberInfo member) =>
        member.Name.Contains('<', StringComparison.Ordinal) || member.IsDefined(typeof(CompilerGeneratedAttribute)) || (member.DeclaringType is { } outer && IsGenerated(outer));

    private static bool IsAsync(Type type) =>
        typeof(Task).IsAssignableFrom(type) || type == typeof(ValueTask)
        || (type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(ValueTask<>) || type.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>)));

    /// <summary>Such as AsTask: it starts nothing.</summary>
    private static bool IsConversion(MethodInfo method) => method.Name.StartsWith("As", StringComparison.Ordinal) && method.GetParameters().Length == 0;

    /// <summary>Named by a base class or an interface of somebody else.</summary>
    private static bool IsDeclaredElsewhere(MethodInfo method) =>
        method.Name.Contains('.', StringComparison.Ordinal) || method.GetBaseDefinition().DeclaringType!.Assembly != Core;
}
