using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace GoGoScope.Analyzers;

/// <summary>A call of something asynchronous that could be given the token of the work it is part of.</summary>
internal static class TokenCall
{
    /// <summary>Those of <paramref name="work"/> itself; what lambdas inside it call is theirs.</summary>
    internal static IEnumerable<IInvocationOperation> In(IAnonymousFunctionOperation work, KnownTypes types, Compilation compilation) =>
        from call in work.Body.OwnOperations().OfType<IInvocationOperation>()
        // A wait for what is ours ends with its scope; and the token that Task.Run takes only keeps from beginning.
        where IsAwaitable(call.Type) && !KnownTypes.IsOurs(call.TargetMethod) && call.TargetMethod.Name is not ("Run" or "StartNew" or "ContinueWith")
        where call.Arguments.FirstOrDefault(argument => types.IsToken(argument.Parameter?.Type)) is { } given
            ? IsNotMeant(given)
            : HasOverload(call, types, compilation)
        select call;

    /// <summary>A token that was left out, or one of a method around: not that of the work, and neither None nor another of the caller's making.</summary>
    private static bool IsNotMeant(IArgumentOperation token) =>
        token.ArgumentKind == ArgumentKind.DefaultValue || token.Value is IParameterReferenceOperation;

    /// <summary>Whether the same method exists with a token as its last parameter.</summary>
    private static bool HasOverload(IInvocationOperation call, KnownTypes types, Compilation compilation)
    {
        var method = (call.TargetMethod.ReducedFrom ?? call.TargetMethod).OriginalDefinition;
        // A token behind them is one of the arguments.
        if (method.Parameters.LastOrDefault() is { IsParams: true }) return false;
        return method.ContainingType.GetMembers(method.Name).OfType<IMethodSymbol>().Any(other =>
            other.IsStatic == method.IsStatic && other.Arity == method.Arity
            && other.Parameters.Length == method.Parameters.Length + 1 && types.IsToken(other.Parameters.Last().Type)
            && method.Parameters.Zip(other.Parameters, (one, another) => one.RefKind == another.RefKind && one.Type.Equals(another.Type, SymbolEqualityComparer.Default)).All(same => same)
            // What gives another kind of task may not fit where this one stands, unless it is awaited there.
            && (call.Parent is IAwaitOperation || method.ReturnType.Equals(other.ReturnType, SymbolEqualityComparer.Default))
            && compilation.IsSymbolAccessibleWithin(other, compilation.Assembly));
    }

    private static bool IsAwaitable(ITypeSymbol? type) =>
        type is { Name: "Task" or "ValueTask" } && type.ContainingNamespace?.ToDisplayString() == "System.Threading.Tasks"
        || type is { Name: "IAsyncEnumerable" };
}
