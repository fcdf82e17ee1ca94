using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace GoGoScope.Analyzers;

/// <summary>GGS0005: <c>await s.JoinAsync();</c> at the end of the scope's block, before what it returns.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class JoinChildrenCodeFix() : GoGoScopeCodeFix(ChildrenNotJoinedAnalyzer.Id)
{
    private protected override (string Title, Func<SyntaxNode, SyntaxNode> Replacement)? Find(Diagnostic found, SyntaxNode node, SemanticModel model)
    {
        if (node is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax name } }) return null;
        if (model.GetSymbolInfo(name).Symbol is not ILocalSymbol scope) return null;
        var declaration = scope.DeclaringSyntaxReferences[0].GetSyntax().Ancestors().FirstOrDefault(around => around is UsingStatementSyntax or LocalDeclarationStatementSyntax);
        var last = declaration switch
        {
            UsingStatementSyntax { Statement: BlockSyntax block } => block.Statements.LastOrDefault(),
            LocalDeclarationStatementSyntax { Parent: BlockSyntax block } => block.Statements.Last(),
            LocalDeclarationStatementSyntax { Parent.Parent: CompilationUnitSyntax program } => program.Members.OfType<GlobalStatementSyntax>().Last().Statement,
            _ => null,
        };
        // What ends by several ways has no one end to wait before.
        if (last is null || !IsJump(last) && model.AnalyzeControlFlow(last) is not { EndPointIsReachable: true }) return null;
        return ("Wait for the children", root => Insert(root, last, name.Identifier.Text));
    }

    private static bool IsJump(StatementSyntax statement) => statement is
        ReturnStatementSyntax or ThrowStatementSyntax or BreakStatementSyntax or ContinueStatementSyntax or GotoStatementSyntax
        || statement.IsKind(SyntaxKind.YieldBreakStatement);

    private static SyntaxNode Insert(SyntaxNode root, StatementSyntax last, string scope)
    {
        var join = SyntaxFactory.ParseStatement($"await {scope}.JoinAsync();").WithTrailingTrivia(SyntaxFactory.ElasticLineFeed).WithAdditionalAnnotations(Formatter.Annotation);
        // A comment above a return stays with it.
        SyntaxNode place = last.Parent is GlobalStatementSyntax global ? global : last, inserted = last.Parent is GlobalStatementSyntax ? SyntaxFactory.GlobalStatement(join) : join;
        return IsJump(last) ? root.InsertNodesBefore(place, [inserted]) : root.InsertNodesAfter(place, [inserted]);
    }
}
