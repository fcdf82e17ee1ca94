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

    private protected override (string Title, Func<SyntaxNode, SyntaxNode> Replacement)? Find(Diagnostic found, SyntaxNode node, SemanticModel model)
    {
        if (node is not AwaitExpressionSyntax awaited) return null;
        switch (awaited.Parent)
        {
            case EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: LocalDeclarationStatementSyntax local } } } when Code.CanDeclare(local):
                return (Title, root => root.ReplaceNode(local, Using(local)));
            case ExpressionStatementSyntax statement when IsSure(awaited, model) && Code.CanDeclare(statement):
                return (Title, root => root.ReplaceNode(statement, Code.UsingGuard(statement, Code.FreeName(statement, model), awaited)));
            case AssignmentExpressionSyntax { Parent: ExpressionStatementSyntax statement, Left: var target }
                when IsSure(awaited, model) && Code.CanDeclare(statement) && model.GetSymbolInfo(target).Symbol is IDiscardSymbol:
                return (Title, root => root.ReplaceNode(statement, Code.UsingGuard(statement, Code.FreeName(statement, model), awaited)));
            default:
                return null;
        }
    }

    /// <summary>Who tries and drops the answer needs more than a dispose.</summary>
    private static bool IsSure(AwaitExpressionSyntax awaited, SemanticModel model) =>
        model.GetTypeInfo(awaited).Type is { OriginalDefinition.SpecialType: not SpecialType.System_Nullable_T, NullableAnnotation: not NullableAnnotation.Annotated };

    private static LocalDeclarationStatementSyntax Using(LocalDeclarationStatementSyntax local) =>
        local.WithoutLeadingTrivia()
            .WithAwaitKeyword(SyntaxFactory.Token(SyntaxKind.AwaitKeyword).WithTrailingTrivia(SyntaxFactory.Space))
            .WithUsingKeyword(SyntaxFactory.Token(SyntaxKind.UsingKeyword).WithTrailingTrivia(SyntaxFactory.Space))
            .WithLeadingTrivia(local.GetLeadingTrivia())
            .WithAdditionalAnnotations(Formatter.Annotation);
}
