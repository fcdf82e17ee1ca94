using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace GoGoScope.Analyzers;

/// <summary>
/// GGS0005: a child that is started when the scope of an <c>await using</c> has nothing to do any more but to end, which cancels it.
/// </summary>
/// <remarks>
/// A child that helps while the block does something else, and is cancelled with it, is meant. So only those are reported
/// after which nothing in the block takes time, in a block that neither joins, ends nor cancels the scope, nor gives it away.
/// </remarks>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ChildrenNotJoinedAnalyzer() : GoGoScopeAnalyzer(Rule)
{
    internal const string Id = "GGS0005";

    private static readonly DiagnosticDescriptor Rule = new(
        Id,
        "Children are cancelled right after they were started",
        "'{0}' ends right after this child was started, and its end cancels the child: await {0}.JoinAsync() first",
        Category.Scopes,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "The end of an await using block cancels the children that still run. JoinAsync waits for them and throws what they threw.");

    /// <summary>Who uses one of these has thought of the end, or looks at what runs.</summary>
    private static readonly ImmutableHashSet<string> Meant = ["JoinAsync", "TryEndAsync", "DisposeAsync", "Cancel", "CancelAfter", "Dump"];

    /// <summary>Types of the framework whose methods take no time, but for those that read.</summary>
    private static readonly ImmutableHashSet<string> Quick =
    [
        "Console", "TextWriter", "Debug", "Trace", "Activity", "Stopwatch", "Object", "String", "StringBuilder", "Math", "Convert", "Guid", "DateTime", "DateTimeOffset", "TimeSpan", "Interlocked",
        "Volatile", "GC", "List", "Dictionary", "HashSet", "Queue", "Stack", "ConcurrentBag", "ConcurrentDictionary", "ConcurrentQueue", "ConcurrentStack",
    ];

    private protected override void Register(CompilationStartAnalysisContext context, KnownTypes types) =>
        context.RegisterOperationAction(found => Look(found, types), OperationKind.Using, OperationKind.UsingDeclaration);

    private static void Look(OperationAnalysisContext context, KnownTypes types)
    {
        var (resources, block) = context.Operation switch
        {
            IUsingOperation { IsAsynchronous: true } statement => (statement.Resources, statement.Body),
            IUsingDeclarationOperation { IsAsynchronous: true, Parent: { } rest } declaration => ((IOperation)declaration.DeclarationGroup, rest),
            _ => default,
        };
        if (resources is null) return;
        foreach (var declared in resources.DescendantsAndSelf().OfType<IVariableDeclaratorOperation>())
            if (types.IsScope(declared.Symbol.Type) && CutChild(declared, block, types) is { } child)
                context.ReportDiagnostic(Diagnostic.Create(Rule, child.Syntax.GetLocation(), declared.Symbol.Name));
    }

    /// <summary>The first child that the end of <paramref name="block"/> cuts short; null if there is none, or it may be meant.</summary>
    private static IInvocationOperation? CutChild(IVariableDeclaratorOperation scope, IOperation block, KnownTypes types)
    {
        var function = scope.Function();
        IInvocationOperation? cut = null;
        foreach (var reference in scope.Member().References(scope.Symbol))
        {
            if (reference.Parent is IPropertyReferenceOperation) continue;
            if (reference.Parent is not IInvocationOperation call || call.Instance != reference || Meant.Contains(call.TargetMethod.Name)) return null;
            if (cut is null && IsDropped(call) && call.Function() == function && !IsFollowed(call, block, types)) cut = call;
        }
        return cut;
    }

    /// <summary>Whether it starts a child that nobody awaits.</summary>
    private static bool IsDropped(IInvocationOperation call) => call.TargetMethod.Name switch
    {
        "Run" => true,
        "Start" => call.Parent is IExpressionStatementOperation or ISimpleAssignmentOperation { Target: IDiscardOperation },
        _ => false,
    };

    /// <summary>Whether the block does something after <paramref name="start"/>, or around it in a loop, that the child may be meant to run beside.</summary>
    private static bool IsFollowed(IInvocationOperation start, IOperation block, KnownTypes types)
    {
        var from = start.Syntax.Span.End;
        for (IOperation? around = start; around is not null && around != block; around = around.Parent)
            if (around is ILoopOperation) from = around.Syntax.SpanStart;
        return block.OwnOperations().Any(other =>
            other.Syntax.SpanStart >= from && !start.Descendants().Contains(other)
            && (TakesTime(other, types) || other is ILoopOperation && !other.Syntax.Span.Contains(start.Syntax.Span)));
    }

    private static bool TakesTime(IOperation operation, KnownTypes types) => operation switch
    {
        IAwaitOperation => true,
        IForEachLoopOperation { IsAsynchronous: true } or IUsingOperation { IsAsynchronous: true } or IUsingDeclarationOperation { IsAsynchronous: true } => true,
        IReturnOperation { Kind: OperationKind.YieldReturn } => true,
        IPropertyReferenceOperation { Property.Name: "Result" } => true,
        IInvocationOperation call => !types.IsScope(call.TargetMethod.ContainingType) && !IsQuick(call),
        IObjectCreationOperation { Type: { } type } => !IsQuick(type),
        _ => false,
    };

    /// <summary>A call that is known neither to wait nor to run code of the caller's, such as one of <c>Console.WriteLine</c>: of whatever else, a child may be meant to run beside it.</summary>
    private static bool IsQuick(IInvocationOperation call)
    {
        var type = call.TargetMethod.ContainingType;
        return (IsQuick(type) || type.ContainingNamespace.ToDisplayString() == "Microsoft.Extensions.Logging")
            && !call.TargetMethod.Name.StartsWith("Read", StringComparison.Ordinal)
            && !call.TargetMethod.Parameters.Any(parameter => parameter.Type.TypeKind == TypeKind.Delegate);
    }

    private static bool IsQuick(ITypeSymbol type) =>
        Quick.Contains(type.Name) && type.ContainingNamespace.ToDisplayString() is var space && (space == "System" || space.StartsWith("System.", StringComparison.Ordinal));
}
