using System.Reflection;

namespace GoGoScope.Tests.Conventions;

/// <summary>Names of types as one writes them in C#: keywords, short names, type arguments, question marks.</summary>
internal static class ApiNames
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void", [typeof(object)] = "object", [typeof(string)] = "string", [typeof(bool)] = "bool", [typeof(char)] = "char",
        [typeof(byte)] = "byte", [typeof(sbyte)] = "sbyte", [typeof(short)] = "short", [typeof(ushort)] = "ushort", [typeof(int)] = "int", [typeof(uint)] = "uint",
        [typeof(long)] = "long", [typeof(ulong)] = "ulong", [typeof(float)] = "float", [typeof(double)] = "double", [typeof(decimal)] = "decimal",
    };

    /// <summary>Caches what it reads, and is not thread-safe.</summary>
    [ThreadStatic]
    private static NullabilityInfoContext? nullability;

    internal static NullabilityInfoContext Nullability => nullability ??= new NullabilityInfoContext();

    internal static string Of(Type type)
    {
        if (type.IsByRef) return Of(type.GetElementType()!);
        if (type.IsArray) return Of(type.GetElementType()!) + "[]";
        if (Nullable.GetUnderlyingType(type) is { } value) return Of(value) + "?";
        if (Keywords.TryGetValue(type, out var keyword)) return keyword;
        return Outer(type) + WithoutArguments(type) + Arguments(OwnArguments(type).Select(Of));
    }

    /// <summary>With what is known about nulls.</summary>
    internal static string Of(NullabilityInfo info)
    {
        var type = info.Type.IsByRef ? info.Type.GetElementType()! : info.Type;
        if (Nullable.GetUnderlyingType(type) is not null) return Of(type);
        var name = type switch
        {
            { IsArray: true } => Of(info.ElementType!) + "[]",
            { IsGenericType: true } when info.GenericTypeArguments.Length == type.GetGenericArguments().Length =>
                Outer(type) + WithoutArguments(type) + Arguments(info.GenericTypeArguments.Select(Of)),
            _ => Of(type),
        };
        var mayBeNull = !type.IsValueType && (info.ReadState == NullabilityState.Nullable || (info.ReadState == NullabilityState.Unknown && info.WriteState == NullabilityState.Nullable));
        // A type parameter without constraints always says that it may be null.
        return mayBeNull && !type.IsGenericParameter ? name + "?" : name;
    }

    /// <summary>A type where it is declared: nested ones after the type that holds them.</summary>
    internal static string OfDeclared(Type type) => Outer(type) + WithoutArguments(type) + Arguments(OwnArguments(type).Select(Of));

    internal static string WithoutArguments(Type type) => type.Name.Split('`')[0];

    private static string Outer(Type type) => type is { IsNested: true, IsGenericParameter: false } ? Of(type.DeclaringType!) + "." : "";

    private static Type[] OwnArguments(Type type) =>
        type.IsGenericParameter ? [] : type.GetGenericArguments()[(type.IsNested ? type.DeclaringType!.GetGenericArguments().Length : 0)..];

    private static string Arguments(IEnumerable<string> arguments)
    {
        var all = string.Join(", ", arguments);
        return all.Length > 0 ? $"<{all}>" : "";
    }
}
