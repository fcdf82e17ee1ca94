using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace GoGoScope.Analyzers;

/// <summary>GGS0004: a <c>ValueTask</c> of GoGoScope's that is consumed a second time.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ValueTaskTwiceAnalyzer() : GoGoScopeAnalyzer(Rule)
{
    internal const string Id = "GGS0004";

    private static readonly DiagnosticDescriptor Rule = new(
        Id,
        "A ValueTask is awaited twice",
        "'{0}' was awaited before, and gives its result once: {1}",
        Category.Guards,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "What stands behind a ValueTask is used again once its result was taken. Whoever takes it a second time gets an error, or what is meant for somebody else.");

    private protected override void Register(CompilationStartAnalysisContext context, KnownTypes types) =>
        context.RegisterOperationAction(found => Look(found, types), OperationKind.VariableDeclarator);

    private static void Look(OperationAnalysisContext context, KnownTypes types)
    {
        var declared = (IVariableDeclaratorOperation)context.Operation;
        if (!types.IsValueTask(declared.Symbol.Type) || declared.Initializer?.Value.Unconverted() is not IInvocationOperation call) return;
        // Neither is the answer of ValueTask.Preserve, which can be awaited again.
        if (!KnownTypes.IsOurs(call.TargetMethod) && (!types.BringsGuard(call.Type) || types.IsValueTask(call.TargetMethod.ContainingType))) return;

        var function = declared.Function();
        var references = declared.Member().References(declared.Symbol).ToList();
        if (references.Any(reference => reference.Function() != function || IsWritten(reference))) return;

        var instead = types.BringsGuard(declared.Symbol.Type) ? "keep the guard, or acquire anew" : "keep the result, or make a task of it by AsTask()";
        var consumed = references.Where(IsConsumed).OrderBy(reference => reference.Syntax.SpanStart).ToList();
        for (var second = 1; second < consumed.Count; second++)
            if (consumed.Take(second).Any(first => Precedes(first, consumed[second])))
                context.ReportDiagnostic(Diagnostic.Create(Rule, consumed[second].Syntax.GetLocation(), declared.Symbol.Name, instead));
    }

    private static bool IsWritten(ILocalReferenceOperation reference) =>
        reference.Parent is IAssignmentOperation assignment && assignment.Target == reference
        || reference.Parent is IArgumentOperation { Parameter.RefKind: not RefKind.None };

    private static bool IsConsumed(ILocalReferenceOperation reference) => reference.Use() switch
    {
        IAwaitOperation => true,
        IPropertyReferenceOperation { Property.Name: "Result" } => true,
        IInvocationOperation call => call.Instance == reference && call.TargetMethod.Name is "AsTask" or "ConfigureAwait" or "GetAwaiter" or "Preserve",
        _ => false,
    };

    /// <summary>Whether all ways to <paramref name="second"/> lead over <paramref name="first"/>, as far as the structure of the code shows it.</summary>
    private static bool Precedes(IOperation first, IOperation second)
    {
        while (first.Parent is { } parent)
        {
            if (!AlwaysDoes(parent, first)) return false;
            if (second.Syntax.SpanStart >= parent.Syntax.SpanStart && second.Syntax.Span.End <= parent.Syntax.Span.End) return true;
            first = parent;
        }
        return false;
    }

    private static bool AlwaysDoes(IOperation whole, IOperation part) => whole switch
    {
        IConditionalOperation choice => part == choice.Condition,
        ICoalesceOperation choice => part == choice.Value,
        IConditionalAccessOperation access => part == access.Operation,
        ISwitchOperation choice => part == choice.Value,
        ISwitchExpressionOperation choice => part == choice.Value,
        IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr } both => part == both.LeftOperand,
        ICoalesceAssignmentOperation assignment => part == assignment.Target,
        ILoopOperation or ITryOperation or IAnonymousFunctionOperation or ILocalFunctionOperation => false,
        _ => true,
    };
}
