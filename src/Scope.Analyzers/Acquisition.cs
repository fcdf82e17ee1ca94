using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace GoGoScope.Analyzers;

/// <summary>A call that brings a guard: one of GoGoScope's, or a method of the user's that gives the task of one.</summary>
internal static class Acquisition
{
    /// <summary>
    /// The call whose guard <paramref name="task"/> brings. Null if others may have it as well: a <c>Task</c> in a variable can be awaited
    /// by many, of whom only one disposes the guard.
    /// </summary>
    internal static IInvocationOperation? Of(IOperation task, KnownTypes types) => Of(task, types, new HashSet<ILocalSymbol>(SymbolEqualityComparer.Default));

    /// <summary><paramref name="seen"/> has the variables on the way here: the first value of one may come from itself, as in <c>task = Start(out task)</c>.</summary>
    private static IInvocationOperation? Of(IOperation task, KnownTypes types, HashSet<ILocalSymbol> seen) => task.Unconverted() switch
    {
        // ConfigureAwait, AsTask, WaitAsync and the like pass on what they are given.
        IInvocationOperation call when Source(call, types) is { } source => Of(source, types, seen),
        IInvocationOperation call when types.BringsGuard(call.Type) => call,
        ILocalReferenceOperation { Local: var local } reference when types.IsValueTask(local.Type) && seen.Add(local) && Initial(reference) is { } initial => Of(initial, types, seen),
        _ => null,
    };

    private static IOperation? Source(IInvocationOperation call, KnownTypes types) =>
        call.Instance is { } instance && types.BringsGuard(instance.Type)
            ? instance
            : call.Arguments.Select(argument => argument.Value.Unconverted()).FirstOrDefault(value => types.BringsGuard(value.Type));

    private static IOperation? Initial(ILocalReferenceOperation reference) =>
        reference.Member().Descendants().OfType<IVariableDeclaratorOperation>()
            .FirstOrDefault(declared => SymbolEqualityComparer.Default.Equals(declared.Symbol, reference.Local))?
            .Initializer?.Value;

    /// <summary>
    /// Whether it is the last thing that a lambda does which a method of somebody else is given, as in <c>Assert.ThrowsAsync(async () => await …)</c>: then the
    /// question is whether it throws, and nothing was to be done with the guard.
    /// </summary>
    internal static bool IsTried(IOperation acquired)
    {
        if (acquired.Function() is not IAnonymousFunctionOperation lambda || !IsForOthers(lambda)) return false;
        for (var part = acquired; part.Parent is { } whole && part != lambda; part = whole)
            if (whole is ILoopOperation || (whole is IBlockOperation block && block.Operations.LastOrDefault(statement => statement is not IReturnOperation { IsImplicit: true, ReturnedValue: null }) != part)) return false;
        return true;
    }

    /// <summary>Whether methods of somebody else get it, and nobody but them: at once, or from a variable, as in <c>act.Should().ThrowAsync()</c>.</summary>
    private static bool IsForOthers(IAnonymousFunctionOperation lambda)
    {
        if (lambda.Receiver() is { } receiver) return IsOfOthers(receiver);
        if (lambda.Variable() is not { } local) return false;
        var uses = lambda.Member().References(local).Select(reference => reference.Use()).ToList();
        return uses.Count > 0 && uses.All(use => use is IArgumentOperation { Parent: { } call } && IsOfOthers(call));
    }

    private static bool IsOfOthers(IOperation receiver) => receiver is IInvocationOperation call && !KnownTypes.IsOurs(call.TargetMethod);
}
