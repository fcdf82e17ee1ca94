using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace GoGoScope.Analyzers;

/// <summary>GGS0006: the token is given to all that could take it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class PassTokenCodeFix() : GoGoScopeCodeFix(TokenIgnoredAnalyzer.Id)
{
    private protected override (string Title, Func<SyntaxNode, SyntaxNode> Replacement)? Find(Diagnostic found, SyntaxNode node, SemanticModel model)
    {
        if (node is not ParameterSyntax { Identifier.Text: var token }) return null;
        var root = model.SyntaxTree.GetRoot();
        var calls = found.AdditionalLocations
            .Select(place => root.FindNode(place.SourceSpan, getInnermostNodeForTie: true)).OfType<InvocationExpressionSyntax>()
            .Select(call => (call.ArgumentList, Place: Place(call, model))).Where(call => call.Place is not null)
            .ToDictionary(call => call.ArgumentList, call => call.Place!.Value);
        if (calls.Count == 0) return null;
        return ("Pass the token on", whole => whole.ReplaceNodes(calls.Keys, (old, now) => Pass(now, token, calls[old])));
    }

    /// <summary>Which argument becomes the token, or none if it is a new one; and its name, where it needs one. Null if that is not obvious.</summary>
    private static (int? Old, string? Name)? Place(InvocationExpressionSyntax call, SemanticModel model)
    {
        if (model.GetOperation(call) is not IInvocationOperation invocation) return null;
        var given = invocation.Arguments.FirstOrDefault(argument => argument.Parameter?.Type is { Name: nameof(CancellationToken) });
        var named = call.ArgumentList.Arguments.Any(argument => argument.NameColon is not null);
        // Where an overload takes it, that may want what was left out here.
        if (given is null) return named || invocation.Arguments.Any(argument => argument.ArgumentKind == ArgumentKind.DefaultValue) ? null : default((int?, string?));
        if (given.Syntax is ArgumentSyntax written) return (call.ArgumentList.Arguments.IndexOf(written), written.NameColon?.Name.Identifier.Text);
        // It follows the others only if none before it was left out or named.
        var extension = invocation.TargetMethod.ReducedFrom is null && invocation.TargetMethod.IsExtensionMethod && invocation.Instance is null && call.Expression is MemberAccessExpressionSyntax ? 1 : 0;
        var isNext = given.Parameter!.Ordinal == call.ArgumentList.Arguments.Count + extension && !named;
        return (null, isNext ? null : Code.Escaped(given.Parameter.Name));
    }

    private static ArgumentListSyntax Pass(ArgumentListSyntax arguments, string token, (int? Old, string? Name) place)
    {
        var passed = SyntaxFactory.ParseArgumentList(place.Name is { } name ? $"({name}: {token})" : $"({token})").Arguments[0];
        return place.Old is { } old
            ? arguments.WithArguments(arguments.Arguments.Replace(arguments.Arguments[old], passed))
            : arguments.WithArguments(arguments.Arguments.Count == 0 ? arguments.Arguments.Add(passed)
                : SyntaxFactory.SeparatedList(arguments.Arguments.Append(passed), arguments.Arguments.GetSeparators().Append(SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(SyntaxFactory.Space))));
    }
}
