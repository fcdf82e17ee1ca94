using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GoGoScope.Analyzers;

/// <summary>GGS0002: <c>await using var guard = await …;</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class AwaitAcquisitionCodeFix() : GoGoScopeCodeFix(AcquisitionNotAwaitedAnalyzer.Id)
{
    private protected override bool NamesGuards => true;

    private protected override (string Title, Func<SyntaxNode, SyntaxNode> Replacement)? Find(Diagnostic found, SyntaxNode node, SemanticModel model)
    {
        if (node is not ExpressionSyntax call || call.FirstAncestorOrSelf<StatementSyntax>() is not { } statement) return null;
        if (!Code.CanAwait(statement) || !Code.CanDeclare(statement)) return null;
        // It may also stand in a lambda that the statement is about.
        var isOwn = call.Parent == statement || call.Parent is AssignmentExpressionSyntax && call.Parent.Parent == statement;
        var name = (statement, call.Parent) switch
        {
            // Who tries and drops the answer needs more than a wait.
            (ExpressionStatementSyntax, _) when isOwn && Code.IsSure(Awaited(call, model)) => Code.FreeName(statement, model),
            (LocalDeclarationStatementSyntax { Declaration.Variables.Count: 1 }, EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax declared }) => declared.Identifier.Text,
            _ => null,
        };
        if (name is null) return null;
        return ("Await it and dispose the guard at the end of the block",
            root => root.ReplaceNode(statement, Code.Statement($"await using var {name} = await {call.WithoutTrivia()};", statement)));
    }

    private static ITypeSymbol? Awaited(ExpressionSyntax call, SemanticModel model) =>
        model.GetTypeInfo(call).Type is INamedTypeSymbol { TypeArguments.Length: 1 } task ? task.TypeArguments[0] : null;
}
