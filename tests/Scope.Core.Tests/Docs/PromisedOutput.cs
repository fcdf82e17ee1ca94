using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GoGoScope.Tests.Docs;

/// <summary>
/// What a snippet says that it prints: what stands behind <c>//</c> after a <c>Console.WriteLine</c>, on its last line. It is printed as a whole line, or
/// up to a ": " after which the comment goes on in its own words.
/// </summary>
internal static class PromisedOutput
{
    private const string Comment = "//";

    internal static IReadOnlyList<string> Of(string snippet) =>
    [
        .. from statement in CSharpSyntaxTree.ParseText(snippet).GetRoot().DescendantNodes().OfType<ExpressionStatementSyntax>()
           where statement.Expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: nameof(Console) }, Name.Identifier.Text: nameof(Console.WriteLine) } }
           from trivia in statement.GetTrailingTrivia()
           where trivia.IsKind(SyntaxKind.SingleLineCommentTrivia)
           select trivia.ToString()[Comment.Length..].Trim(),
    ];

    /// <summary>The first of them that is not there, after those before it; null if all are.</summary>
    internal static string? FirstMissing(IEnumerable<string> promises, IReadOnlyList<string> printed)
    {
        var next = 0;
        foreach (var promise in promises)
        {
            while (next < printed.Count && !IsKept(promise, printed[next])) next++;
            if (next++ >= printed.Count) return promise;
        }
        return null;
    }

    private static bool IsKept(string promise, string line) =>
        promise == line || (line.Length > 0 && promise.StartsWith(line + ": ", StringComparison.Ordinal));
}
