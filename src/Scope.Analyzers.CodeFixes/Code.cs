using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace GoGoScope.Analyzers;

/// <summary>What fixes ask of the code around a place, and write there.</summary>
internal static class Code
{
    /// <summary>Whether <c>await</c> may be written at <paramref name="node"/> as things are.</summary>
    internal static bool CanAwait(SyntaxNode node)
    {
        foreach (var around in node.Ancestors())
            switch (around)
            {
                case LockStatementSyntax or QueryExpressionSyntax: return false;
                case AnonymousFunctionExpressionSyntax lambda: return lambda.AsyncKeyword.RawKind != 0;
                case LocalFunctionStatementSyntax local: return local.Modifiers.Any(SyntaxKind.AsyncKeyword);
                case MethodDeclarationSyntax method: return method.Modifiers.Any(SyntaxKind.AsyncKeyword);
                case GlobalStatementSyntax: return true;
                case MemberDeclarationSyntax: return false;
            }
        return false;
    }

    /// <summary><c>guard</c>, or with a number if there is one already where <paramref name="statement"/> stands.</summary>
    internal static string FreeName(StatementSyntax statement, SemanticModel model)
    {
        // Names that are declared further down count as well.
        var function = statement.Ancestors().FirstOrDefault(around => around is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax and not GlobalStatementSyntax)
            ?? statement.SyntaxTree.GetRoot();
        var taken = new HashSet<string>(function.DescendantTokens().Where(token => token.IsKind(SyntaxKind.IdentifierToken)).Select(token => token.ValueText), StringComparer.Ordinal);
        taken.UnionWith(model.LookupSymbols(statement.SpanStart).Select(symbol => symbol.Name));
        var name = "guard";
        for (var number = 2; taken.Contains(name); number++) name = "guard" + number;
        return name;
    }

    /// <summary>A name as it is written: with an <c>@</c> if it is a keyword without.</summary>
    internal static string Escaped(string name) => SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None || name == "await" ? "@" + name : name;

    /// <summary><c>await using var guard = …;</c> in the place of <paramref name="statement"/>.</summary>
    internal static StatementSyntax UsingGuard(StatementSyntax statement, string name, ExpressionSyntax awaited) =>
        Statement($"await using var {name} = {awaited.WithoutTrivia()};", statement);

    /// <summary>A statement with the comments and the place of <paramref name="old"/>.</summary>
    internal static StatementSyntax Statement(string text, StatementSyntax old) =>
        SyntaxFactory.ParseStatement(text).WithTriviaFrom(old).WithAdditionalAnnotations(Formatter.Annotation);

    /// <summary>Whether <paramref name="guard"/> is there, and not only if it was granted.</summary>
    internal static bool IsSure(ITypeSymbol? guard) =>
        guard is { OriginalDefinition.SpecialType: not SpecialType.System_Nullable_T, NullableAnnotation: not NullableAnnotation.Annotated };

    /// <summary>Whether a declaration may stand in the place of <paramref name="statement"/>.</summary>
    internal static bool CanDeclare(StatementSyntax statement) => statement.Parent is BlockSyntax or GlobalStatementSyntax;
}
