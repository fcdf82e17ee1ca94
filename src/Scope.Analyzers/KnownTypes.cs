using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace GoGoScope.Analyzers;

/// <summary>The types that the rules are about, as one compilation sees them.</summary>
internal sealed class KnownTypes
{
    private static readonly ImmutableArray<string> Guards = ["LockGuard", "LockGuardSet", "ResourceGuard`1", "SemaphoreGuard"];

    private static readonly ImmutableArray<string> Awaitables =
    [
        "System.Threading.Tasks.Task`1",
        "System.Threading.Tasks.ValueTask`1",
        "System.Runtime.CompilerServices.ConfiguredTaskAwaitable`1",
        "System.Runtime.CompilerServices.ConfiguredValueTaskAwaitable`1",
    ];

    private readonly ImmutableArray<INamedTypeSymbol> _guards;
    private readonly ImmutableArray<INamedTypeSymbol> _awaitables;

    private KnownTypes(Compilation compilation, INamedTypeSymbol scope)
    {
        Scope = scope;
        Lock = compilation.GetTypeByMetadataName("GoGoScope.Lock");
        Semaphore = compilation.GetTypeByMetadataName("GoGoScope.AsyncSemaphore");
        CancellationToken = compilation.GetTypeByMetadataName("System.Threading.CancellationToken");
        ValueTask = compilation.GetTypeByMetadataName("System.Threading.Tasks.ValueTask");
        ValueTaskOfT = compilation.GetTypeByMetadataName("System.Threading.Tasks.ValueTask`1");
        _guards = Find(compilation, Guards.Select(name => "GoGoScope." + name));
        _awaitables = Find(compilation, Awaitables);
    }

    internal INamedTypeSymbol Scope { get; }

    internal INamedTypeSymbol? Lock { get; }

    internal INamedTypeSymbol? Semaphore { get; }

    internal INamedTypeSymbol? CancellationToken { get; }

    private INamedTypeSymbol? ValueTask { get; }

    private INamedTypeSymbol? ValueTaskOfT { get; }

    /// <summary>Null if the compilation doesn't see GoGoScope: then there is nothing to look for.</summary>
    internal static KnownTypes? Of(Compilation compilation) =>
        compilation.GetTypeByMetadataName("GoGoScope.Scope") is { } scope ? new KnownTypes(compilation, scope) : null;

    /// <summary>Whether it is a guard, or a guard or null.</summary>
    internal bool IsGuard(ITypeSymbol? type)
    {
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable) type = nullable.TypeArguments[0];
        return Contains(_guards, type);
    }

    /// <summary>Whether it is a task, or what <c>ConfigureAwait</c> makes of one, that brings a guard.</summary>
    internal bool BringsGuard(ITypeSymbol? type) =>
        type is INamedTypeSymbol { TypeArguments.Length: 1 } task && IsGuard(task.TypeArguments[0]) && Contains(_awaitables, task);

    internal bool IsValueTask(ITypeSymbol? type) => Is(type, ValueTask) || Is(type, ValueTaskOfT);

    internal bool IsToken(ITypeSymbol? type) => Is(type, CancellationToken);

    internal bool IsScope(ITypeSymbol? type) => Is(type, Scope);

    /// <summary>Whether it is declared in a package of GoGoScope.</summary>
    internal static bool IsOurs(ISymbol? symbol) => symbol?.ContainingAssembly?.Name.StartsWith("GoGoScope.", StringComparison.Ordinal) == true;

    internal static bool Is(ITypeSymbol? type, INamedTypeSymbol? definition) =>
        definition is not null && SymbolEqualityComparer.Default.Equals(type?.OriginalDefinition, definition);

    private static bool Contains(ImmutableArray<INamedTypeSymbol> definitions, ITypeSymbol? type)
    {
        foreach (var definition in definitions)
            if (Is(type, definition)) return true;
        return false;
    }

    private static ImmutableArray<INamedTypeSymbol> Find(Compilation compilation, IEnumerable<string> names) =>
        [.. names.Select(compilation.GetTypeByMetadataName).OfType<INamedTypeSymbol>()];
}
