using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace GoGoScope.Analyzers;

/// <summary>GGS0002: an acquisition whose task is dropped.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AcquisitionNotAwaitedAnalyzer() : GoGoScopeAnalyzer(Rule)
{
    internal const string Id = "GGS0002";

    private static readonly DiagnosticDescriptor Rule = new(
        Id,
        "An acquisition is not awaited",
        "Nobody awaits '{0}': the code goes on without what it asks for, and nothing gives that back once it is granted",
        Category.Guards,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "An acquisition holds nothing before its task has been awaited, and then until the guard is disposed: await using var guard = await ….");

    private protected override void Register(CompilationStartAnalysisContext context, KnownTypes types)
    {
        context.RegisterOperationAction(found => Look(found, ((IExpressionStatementOperation)found.Operation).Operation, types), OperationKind.ExpressionStatement);
        context.RegisterOperationAction(found => LookAtLocal(found, types), OperationKind.VariableDeclarator);
    }

    private static void Look(OperationAnalysisContext context, IOperation statement, KnownTypes types)
    {
        if (statement is ISimpleAssignmentOperation { Target: IDiscardOperation, Value: var value }) statement = value;
        Report(context, statement.Unconverted(), types);
    }

    private static void LookAtLocal(OperationAnalysisContext context, KnownTypes types)
    {
        var declared = (IVariableDeclaratorOperation)context.Operation;
        if (!types.BringsGuard(declared.Symbol.Type) || declared.Initializer?.Value is not { } task) return;
        if (!declared.Member().References(declared.Symbol).Any()) Report(context, task.Unconverted(), types);
    }

    private static void Report(OperationAnalysisContext context, IOperation dropped, KnownTypes types)
    {
        if (dropped is not IInvocationOperation || !types.BringsGuard(dropped.Type) || Acquisition.Of(dropped, types) is not { } call || Acquisition.IsTried(dropped)) return;
        context.ReportDiagnostic(Diagnostic.Create(Rule, dropped.Syntax.GetLocation(), call.TargetMethod.Name));
    }
}
