using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace GoGoScope.Analyzers;

/// <summary>GGS0003: <c>await using (await m.AcquireAsync())</c> for <c>lock (m)</c>, with the token of the method if it has one.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class AcquireLockCodeFix() : GoGoScopeCodeFix(LockStatementAnalyzer.Id)
{
    private protected override (string Title, Func<SyntaxNode, SyntaxNode> Replacement)? Find(Diagnostic found, SyntaxNode node, SemanticModel model)
    {
        if (node.Parent is not LockStatementSyntax { Expression: var entered } statement || entered != node || !Code.CanAwait(statement)) return null;
        var token = Token(statement, model);
        return ("Acquire it", root => root.ReplaceNode(statement, Acquire(statement, entered, token)));
    }

    private static UsingStatementSyntax Acquire(LockStatementSyntax statement, ExpressionSyntax entered, string token)
    {
        var receiver = entered is IdentifierNameSyntax or MemberAccessExpressionSyntax or ThisExpressionSyntax or InvocationExpressionSyntax or ElementAccessExpressionSyntax
            ? entered.WithoutTrivia()
            : SyntaxFactory.ParenthesizedExpression(entered.WithoutTrivia());
        return SyntaxFactory.UsingStatement(declaration: null, SyntaxFactory.ParseExpression($"await {receiver}.AcquireAsync({token})"), statement.Statement)
            .WithAwaitKeyword(SyntaxFactory.Token(SyntaxKind.AwaitKeyword).WithTrailingTrivia(SyntaxFactory.Space))
            .WithUsingKeyword(SyntaxFactory.Token(SyntaxKind.UsingKeyword).WithTrailingTrivia(SyntaxFactory.Space))
            .WithCloseParenToken(statement.CloseParenToken)
            .WithLeadingTrivia(statement.GetLeadingTrivia())
            .WithAdditionalAnnotations(Formatter.Annotation);
    }

    /// <summary>The token that the function around has as a parameter, as it is written; empty if it has none.</summary>
    private static string Token(LockStatementSyntax statement, SemanticModel model) =>
        (model.GetEnclosingSymbol(statement.SpanStart) as IMethodSymbol)?.Parameters
            .LastOrDefault(parameter => parameter.Type is { Name: nameof(CancellationToken) } && parameter is { IsDiscard: false, Name.Length: > 0 }) is { } token ? Code.Escaped(token.Name) : "";
}
