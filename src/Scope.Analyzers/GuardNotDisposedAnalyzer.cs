using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace GoGoScope.Analyzers;

/// <summary>GGS0001: a guard that was awaited and is never disposed.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class GuardNotDisposedAnalyzer() : GoGoScopeAnalyzer(Rule)
{
    internal const string Id = "GGS0001";

    private static readonly DiagnosticDescriptor Rule = new(
        Id,
        "A guard is never disposed",
        "Nothing disposes the guard of '{0}': what it holds stays held until its scope ends, or for ever if it has none",
        Category.Guards,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A lock, a permit or a resource is given back by disposing its guard: await using var guard = await …. "
            + "If it is meant to be held until a scope ends, scope.Own(await …) says so.");

    private protected override void Register(CompilationStartAnalysisContext context, KnownTypes types) =>
        context.RegisterOperationAction(found => Look(found, types), OperationKind.Await);

    private static void Look(OperationAnalysisContext context, KnownTypes types)
    {
        var awaited = (IAwaitOperation)context.Operation;
        if (!types.IsGuard(awaited.Type) || Acquisition.Of(awaited.Operation, types) is not { } call || !GuardFate.IsLost(awaited) || Acquisition.IsTried(awaited)) return;
        context.ReportDiagnostic(Diagnostic.Create(Rule, awaited.Syntax.GetLocation(), call.TargetMethod.Name));
    }
}
