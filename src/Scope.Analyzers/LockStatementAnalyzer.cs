using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace GoGoScope.Analyzers;

/// <summary>GGS0003: <c>lock</c>, or <c>Monitor</c>, on a lock or a semaphore of GoGoScope.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LockStatementAnalyzer() : GoGoScopeAnalyzer(Rule)
{
    internal const string Id = "GGS0003";

    private static readonly DiagnosticDescriptor Rule = new(
        Id,
        "lock on a lock of GoGoScope",
        "This enters the monitor of the object '{0}' and does not acquire it: whoever holds it is not kept out, nor keeps anybody out here",
        Category.Locks,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "The lock statement and System.Threading.Monitor know nothing of GoGoScope. Acquire it: await using (await theLock.AcquireAsync()).");

    private protected override void Register(CompilationStartAnalysisContext context, KnownTypes types)
    {
        context.RegisterOperationAction(found => Report(found, ((ILockOperation)found.Operation).LockedValue, types), OperationKind.Lock);
        context.RegisterOperationAction(found => LookAtCall(found, types), OperationKind.Invocation);
    }

    private static void LookAtCall(OperationAnalysisContext context, KnownTypes types)
    {
        var call = (IInvocationOperation)context.Operation;
        if (call.TargetMethod is { Name: "Enter" or "TryEnter", ContainingType: { Name: "Monitor", ContainingNamespace: var space } } && space.ToDisplayString() == "System.Threading")
            Report(context, call.Arguments[0].Value, types);
    }

    private static void Report(OperationAnalysisContext context, IOperation entered, KnownTypes types)
    {
        entered = entered.Unconverted();
        if (!KnownTypes.Is(entered.Type, types.Lock) && !KnownTypes.Is(entered.Type, types.Semaphore)) return;
        context.ReportDiagnostic(Diagnostic.Create(Rule, entered.Syntax.GetLocation(), entered.Syntax.ToString()));
    }
}
