using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace GoGoScope.Analyzers;

/// <summary>The fix for one rule, where there is an obvious one.</summary>
public abstract class GoGoScopeCodeFix : CodeFixProvider
{
    private protected GoGoScopeCodeFix(string id) => FixableDiagnosticIds = [id];

    /// <inheritdoc/>
    public sealed override ImmutableArray<string> FixableDiagnosticIds { get; }

    /// <inheritdoc/>
    public sealed override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null || model is null) return;
        foreach (var found in context.Diagnostics)
            if (Find(found, root.FindNode(found.Location.SourceSpan, getInnermostNodeForTie: true), model) is var (title, replacement))
                context.RegisterCodeFix(
                    CodeAction.Create(title, _ => Task.FromResult(context.Document.WithSyntaxRoot(replacement(root))), equivalenceKey: FixableDiagnosticIds[0]), found);
    }

    /// <summary>What the fix is called, and what it makes of the file; null if there is no obvious one.</summary>
    private protected abstract (string Title, Func<SyntaxNode, SyntaxNode> Replacement)? Find(Diagnostic found, SyntaxNode node, SemanticModel model);
}
