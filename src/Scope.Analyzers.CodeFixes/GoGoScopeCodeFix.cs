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

    /// <summary>Whether it makes up names for guards: then each of several fixes has to see those of the ones before.</summary>
    private protected virtual bool NamesGuards => false;

    /// <inheritdoc/>
    public sealed override FixAllProvider GetFixAllProvider() => NamesGuards ? FixAllProvider.Create(FixAllAsync) : WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null || model is null) return;
        foreach (var found in context.Diagnostics)
            if (Find(found, Node(root, found), model) is var (title, replacement))
                context.RegisterCodeFix(
                    CodeAction.Create(title, _ => Task.FromResult(context.Document.WithSyntaxRoot(replacement(root))), equivalenceKey: FixableDiagnosticIds[0]), found);
    }

    /// <summary>One after the other, each in what those before have made of the file.</summary>
    private async Task<Document?> FixAllAsync(FixAllContext context, Document document, ImmutableArray<Diagnostic> diagnostics)
    {
        if (await document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false) is not { } original) return null;
        // What stands in a lambda comes before the statement around it, which is written anew.
        var places = diagnostics.OrderBy(found => found.Location.SourceSpan.End).Select(found => (Found: found, Node: Node(original, found))).ToList();
        document = document.WithSyntaxRoot(original.TrackNodes(places.Select(place => place.Node)));
        foreach (var (found, tracked) in places)
        {
            var root = await document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
            var model = await document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
            if (root is null || model is null) return null;
            if (root.GetCurrentNode(tracked) is { } node && Find(found, node, model) is var (_, replacement)) document = document.WithSyntaxRoot(replacement(root));
        }
        return document;
    }

    private static SyntaxNode Node(SyntaxNode root, Diagnostic found) => root.FindNode(found.Location.SourceSpan, getInnermostNodeForTie: true);

    /// <summary>What the fix is called, and what it makes of the file; null if there is no obvious one.</summary>
    private protected abstract (string Title, Func<SyntaxNode, SyntaxNode> Replacement)? Find(Diagnostic found, SyntaxNode node, SemanticModel model);
}
