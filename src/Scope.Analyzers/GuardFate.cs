using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace GoGoScope.Analyzers;

/// <summary>
/// What becomes of a guard. It is lost if all that is done with it is seen, and none of that disposes it: whatever leaves the function, is
/// captured, or is done in a way that isn't known here, counts as disposed somewhere.
/// </summary>
internal static class GuardFate
{
    internal static bool IsLost(IOperation guard) => IsLost(guard, new HashSet<ILocalSymbol>(SymbolEqualityComparer.Default));

    private static bool IsLost(IOperation guard, HashSet<ILocalSymbol> seen) => guard.Parent switch
    {
        IConversionOperation { OperatorMethod: null } or ICoalesceOperation { ValueConversion.IsUserDefined: false } => IsLost(guard.Parent, seen),
        IConditionalOperation choice when choice.Condition != guard => IsLost(choice, seen),
        IExpressionStatementOperation or INameOfOperation or IInterpolationOperation => true,
        IBinaryOperation comparison when comparison.OperatorMethod is null || IsOwn(comparison.OperatorMethod) => IsSettled(guard, comparison),
        IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } } => IsLostIn(local, guard, seen),
        ISimpleAssignmentOperation assignment => assignment.Target == guard || (IsLostIn(assignment.Target, guard, seen) && IsLost(assignment, seen)),
        IIsPatternOperation match => IsLostIn(match.Pattern, seen) && (Declares(match.Pattern) || IsSettled(guard, match)),
        IConditionalAccessOperation access when access.Operation == guard => Receivers(access).All(receiver => IsLost(receiver, seen)),
        IPropertyReferenceOperation read when read.Instance == guard && IsOwn(read.Property) => IsLostBy(read, seen),
        IInvocationOperation call when call.Instance == guard && IsOwn(call.TargetMethod) => IsLostBy(call, seen),
        _ => false,
    };

    private static bool IsLostIn(IOperation target, IOperation guard, HashSet<ILocalSymbol> seen) => target switch
    {
        IDiscardOperation => true,
        ILocalReferenceOperation { Local: var local } => IsLostIn(local, guard, seen),
        _ => false,
    };

    private static bool IsLostIn(ILocalSymbol local, IOperation from, HashSet<ILocalSymbol> seen)
    {
        if (local.IsUsing || local.IsRef) return false;
        if (!seen.Add(local)) return true;
        var function = from.Function();
        return from.Member().References(local).All(reference => reference.Function() == function && IsLost(reference, seen));
    }

    private static bool IsLostIn(IPatternOperation pattern, HashSet<ILocalSymbol> seen) => pattern switch
    {
        INegatedPatternOperation negated => IsLostIn(negated.Pattern, seen),
        IDeclarationPatternOperation { DeclaredSymbol: ILocalSymbol local } => IsLostIn(local, pattern, seen),
        IRecursivePatternOperation { DeclaredSymbol: ILocalSymbol local } => IsLostIn(local, pattern, seen),
        IRecursivePatternOperation { DeconstructionSubpatterns.IsEmpty: true, PropertySubpatterns.IsEmpty: true } => true,
        IConstantPatternOperation or ITypePatternOperation or IDiscardPatternOperation => true,
        _ => false,
    };

    private static bool Declares(IPatternOperation pattern) => pattern.DescendantsAndSelf().Any(part =>
        part is IDeclarationPatternOperation { DeclaredSymbol: not null } or IRecursivePatternOperation { DeclaredSymbol: not null });

    /// <summary>
    /// Whether a question about <paramref name="guard"/> is all that becomes of it. Of a variable one may ask whatever one likes. Of what was just acquired
    /// it is asked by whoever goes on under it; who shows or returns the answer has only probed.
    /// </summary>
    private static bool IsSettled(IOperation guard, IOperation question)
    {
        if (guard.Unconverted() is ILocalReferenceOperation) return true;
        var answer = question;
        while (answer.Parent is IUnaryOperation or IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr }) answer = answer.Parent;
        return answer.Parent switch
        {
            IConditionalOperation choice => choice.Condition == answer,
            IWhileLoopOperation loop => loop.Condition == answer,
            _ => false,
        };
    }

    /// <summary>Whether guards have it themselves. An operator or an extension of somebody else may keep the guard.</summary>
    private static bool IsOwn(ISymbol member) =>
        KnownTypes.IsOurs(member)
        || member.ContainingType.OriginalDefinition.SpecialType is SpecialType.System_Object or SpecialType.System_ValueType or SpecialType.System_Nullable_T;

    private static bool IsLostBy(IPropertyReferenceOperation read, HashSet<ILocalSymbol> seen) => read.Property switch
    {
        { Name: nameof(Nullable<int>.HasValue), ContainingType.OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } => IsSettled(read.Instance!, read),
        { Name: nameof(Nullable<int>.Value), ContainingType.OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } => IsLost(read, seen),
        // Those of a set may be disposed one by one.
        { IsIndexer: true } or { Name: "Guards" } => false,
        _ => true,
    };

    private static bool IsLostBy(IInvocationOperation call, HashSet<ILocalSymbol> seen) => call.TargetMethod.Name switch
    {
        "DisposeAsync" or "DiscardAsync" => false,
        nameof(Nullable<int>.GetValueOrDefault) => IsLost(call, seen),
        _ => true,
    };

    private static IEnumerable<IOperation> Receivers(IConditionalAccessOperation access) =>
        access.WhenNotNull.DescendantsAndSelf().OfType<IConditionalAccessInstanceOperation>();
}
