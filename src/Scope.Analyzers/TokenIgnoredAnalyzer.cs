using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace GoGoScope.Analyzers;

/// <summary>GGS0006: work given to GoGoScope that has a token, gives it to nobody, and calls something that could be given one.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TokenIgnoredAnalyzer() : GoGoScopeAnalyzer(Rule)
{
    internal const string Id = "GGS0006";

    private static readonly DiagnosticDescriptor Rule = new(
        Id,
        "Work ignores its cancellation token",
        "Nobody is given '{0}', though '{1}' takes a token: the work goes on when it is cancelled, and its scope waits for it",
        Category.Scopes,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A scope waits for what it runs, also when it is cancelled. Pass the token on, or name the parameter _ if the work is not to be cut short.");

    private protected override void Register(CompilationStartAnalysisContext context, KnownTypes types) =>
        context.RegisterOperationAction(found => Look(found, types), OperationKind.AnonymousFunction);

    private static void Look(OperationAnalysisContext context, KnownTypes types)
    {
        var work = (IAnonymousFunctionOperation)context.Operation;
        if (work.Symbol.Parameters.LastOrDefault() is not { IsDiscard: false } token || !types.IsToken(token.Type) || token.Name.StartsWith("_", StringComparison.Ordinal)) return;
        if (!IsGivenToUs(work) || IsUsed(token, work)) return;

        var calls = TokenCall.In(work, types, context.Compilation).ToList();
        if (calls.Count == 0) return;
        var (place, name) = Written(token, work);
        context.ReportDiagnostic(Diagnostic.Create(
            Rule, place, calls.Select(call => call.Syntax.GetLocation()), name, calls[0].TargetMethod.Name));
    }

    /// <summary>Where the token stands in the code, and as what. An anonymous method may leave its parameters out: then <c>delegate</c> stands for them.</summary>
    private static (Location Place, string Name) Written(IParameterSymbol token, IAnonymousFunctionOperation work) =>
        work.Syntax is AnonymousMethodExpressionSyntax { ParameterList: null } method
            ? (method.DelegateKeyword.GetLocation(), token.Type.Name)
            : (token.Locations[0], token.Name);

    /// <summary>As an argument, one of several, or an option. The token of what is deferred never fires.</summary>
    private static bool IsGivenToUs(IAnonymousFunctionOperation work) => work.Receiver() switch
    {
        IInvocationOperation call => KnownTypes.IsOurs(call.TargetMethod) && call.TargetMethod.Name != "Defer",
        IObjectCreationOperation made => KnownTypes.IsOurs(made.Type),
        IPropertyReferenceOperation option => KnownTypes.IsOurs(option.Property),
        _ => false,
    };

    private static bool IsUsed(IParameterSymbol token, IAnonymousFunctionOperation work) =>
        work.Body.Descendants().OfType<IParameterReferenceOperation>().Any(reference => SymbolEqualityComparer.Default.Equals(reference.Parameter, token));
}
