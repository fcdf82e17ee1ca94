using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GoGoScope.Analyzers;

/// <summary>GGS0004: <c>AsTask()</c> where the variable is declared, if it is only awaited, and for no guard.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class KeepTaskCodeFix() : GoGoScopeCodeFix(ValueTaskTwiceAnalyzer.Id)
{
    private protected override (string Title, Func<SyntaxNode, SyntaxNode> Replacement)? Find(Diagnostic found, SyntaxNode node, SemanticModel model)
    {
        if (model.GetSymbolInfo(node).Symbol is not ILocalSymbol local) return null;
        // All who await a task get the same guard: whoever comes after the first has disposed it holds nothing.
        if (KnownTypes.Of(model.Compilation)?.BringsGuard(local.Type) != false) return null;
        if (local.DeclaringSyntaxReferences[0].GetSyntax() is not VariableDeclaratorSyntax { Initializer.Value: var task, Parent: VariableDeclarationSyntax { Type.IsVar: true, Parent.Parent: { } around } }) return null;
        // A global statement shares its names with all the others.
        if (around is GlobalStatementSyntax) around = around.Parent!;
        var uses = around.DescendantNodes().OfType<IdentifierNameSyntax>()
            .Where(name => name.Identifier.ValueText == local.Name && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name).Symbol, local));
        if (!uses.All(use => use.Parent is AwaitExpressionSyntax)) return null;
        return ("Make a task of it", root => root.ReplaceNode(task, SyntaxFactory.ParseExpression($"{task.WithoutTrivia()}.AsTask()").WithTriviaFrom(task)));
    }
}
