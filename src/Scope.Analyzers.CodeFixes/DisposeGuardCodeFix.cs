using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace GoGoScope.Analyzers;

/// <summary>GGS0001: <c>await using var guard = await …;</c> where the guard was dropped, or <c>await using</c> before its variable.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class DisposeGuardCodeFix() : GoGoScopeCodeFix(GuardNotDisposedAnalyzer.Id)
{
    private const string Title = "Dispose the guard at the end of the block";

    private protected override bool NamesGuards => true;

    private protected override (string Title, Func<SyntaxNode, SyntaxNode> Replacement)? Find(Diagnostic found, SyntaxNode node, SemanticModel model)
    {
        if (node is not AwaitExpressionSyntax awaited) return null;
        switch (awaited.Parent)
        {
            case EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: LocalDeclarationStatementSyntax local } } declared }
                when Code.CanDeclare(local) && model.GetDeclaredSymbol(declared) is ILocalSymbol symbol && CanBeUsing(symbol, local.Parent!, model):
                return (Title, root => root.ReplaceNode(local, Using(local)));
            case ExpressionStatementSyntax statement when Code.IsSure(model.GetTypeInfo(awaited).Type) && Code.CanDeclare(statement):
                return (Title, root => root.ReplaceNode(statement, Code.UsingGuard(statement, Code.FreeName(statement, model), awaited)));
            case AssignmentExpressionSyntax { Parent: ExpressionStatementSyntax statement, Left: var target }
                when Code.IsSure(model.GetTypeInfo(awaited).Type) && Code.CanDeclare(statement) && model.GetSymbolInfo(target).Symbol is IDiscardSymbol:
                return (Title, root => root.ReplaceNode(statement, Code.UsingGuard(statement, Code.FreeName(statement, model), awaited)));
            default:
                return null;
        }
    }

    /// <summary>Whether the compiler takes it with <c>await using</c>: it can be disposed, and nobody assigns to it.</summary>
    private static bool CanBeUsing(ILocalSymbol local, SyntaxNode block, SemanticModel model)
    {
        var type = local.Type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } maybe ? maybe.TypeArguments[0] : local.Type;
        if (!type.AllInterfaces.Append(type).Any(one => one.Name == "IAsyncDisposable")) return false;
        var scope = block is GlobalStatementSyntax ? block.Parent! : block;
        // What is given away by ref, or in a tuple, is not reported.
        return !scope.DescendantNodes().OfType<IdentifierNameSyntax>().Any(name =>
            name.Parent is AssignmentExpressionSyntax { Left: var left } && left == name
            && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name).Symbol, local));
    }

    private static LocalDeclarationStatementSyntax Using(LocalDeclarationStatementSyntax local) =>
        local.WithoutLeadingTrivia()
            .WithAwaitKeyword(SyntaxFactory.Token(SyntaxKind.AwaitKeyword).WithTrailingTrivia(SyntaxFactory.Space))
            .WithUsingKeyword(SyntaxFactory.Token(SyntaxKind.UsingKeyword).WithTrailingTrivia(SyntaxFactory.Space))
            .WithLeadingTrivia(local.GetLeadingTrivia())
            .WithAdditionalAnnotations(Formatter.Annotation);
}
