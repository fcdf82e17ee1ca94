using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace GoGoScope.Analyzers;

/// <summary>Where an operation stands, and what is said of a local around it.</summary>
internal static class Operations
{
    /// <summary>The whole of the member, or of the program, that <paramref name="operation"/> is part of.</summary>
    internal static IOperation Member(this IOperation operation)
    {
        while (operation.Parent is { } parent) operation = parent;
        return operation;
    }

    /// <summary>The lambda or local function that <paramref name="operation"/> is part of, or the member if it is in none.</summary>
    internal static IOperation Function(this IOperation operation)
    {
        while (operation.Parent is { } parent && operation is not (IAnonymousFunctionOperation or ILocalFunctionOperation)) operation = parent;
        return operation;
    }

    /// <summary>All that <paramref name="function"/> does itself: less what stands in lambdas and local functions inside it.</summary>
    internal static IEnumerable<IOperation> OwnOperations(this IOperation function)
    {
        foreach (var child in function.ChildOperations)
        {
            yield return child;
            if (child is IAnonymousFunctionOperation or ILocalFunctionOperation) continue;
            foreach (var inner in child.OwnOperations()) yield return inner;
        }
    }

    internal static IEnumerable<ILocalReferenceOperation> References(this IOperation member, ILocalSymbol local) =>
        member.Descendants().OfType<ILocalReferenceOperation>().Where(reference => SymbolEqualityComparer.Default.Equals(reference.Local, local));

    /// <summary>The value before it was converted. What an operator makes of it is another.</summary>
    internal static IOperation Unconverted(this IOperation value)
    {
        while (value is IConversionOperation { OperatorMethod: null } conversion) value = conversion.Operand;
        return value;
    }

    /// <summary>What is done with a value, after it was converted.</summary>
    internal static IOperation? Use(this IOperation value)
    {
        while (value.Parent is IConversionOperation conversion) value = conversion;
        return value.Parent;
    }

    /// <summary>The call, the constructor or the property that a lambda is given to, alone or as one of several; null if it is something else.</summary>
    internal static IOperation? Receiver(this IAnonymousFunctionOperation lambda) => lambda.Taker() switch
    {
        IArgumentOperation argument => argument.Parent,
        ISimpleAssignmentOperation { Target: IPropertyReferenceOperation property } => property,
        _ => null,
    };

    /// <summary>The variable that a lambda is the first value of, alone or as one of several; null if it is something else.</summary>
    internal static ILocalSymbol? Variable(this IAnonymousFunctionOperation lambda) =>
        lambda.Taker() is IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } } ? local : null;

    private static IOperation? Taker(this IAnonymousFunctionOperation lambda)
    {
        IOperation given = lambda;
        while (given.Parent is IDelegateCreationOperation or IConversionOperation or IArrayInitializerOperation or IArrayCreationOperation or ICollectionExpressionOperation)
            given = given.Parent;
        return given.Parent;
    }
}
