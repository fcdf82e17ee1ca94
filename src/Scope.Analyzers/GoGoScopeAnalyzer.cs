using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace GoGoScope.Analyzers;

/// <summary>A rule: it looks at nothing in a compilation that doesn't see GoGoScope, and at no generated code.</summary>
public abstract class GoGoScopeAnalyzer : DiagnosticAnalyzer
{
    private protected GoGoScopeAnalyzer(DiagnosticDescriptor rule) => SupportedDiagnostics = [rule];

    /// <inheritdoc/>
    public sealed override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; }

    /// <inheritdoc/>
    public sealed override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            if (KnownTypes.Of(start.Compilation) is { } types) Register(start, types);
        });
    }

    private protected abstract void Register(CompilationStartAnalysisContext context, KnownTypes types);
}
