using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using NUnit.Framework.Interfaces;

namespace GoGoScope.Tests.Conventions;

/// <summary>
/// The public surface of an assembly in lines that read like C#: one for each type and member, sorted by name with
/// constructors first, values of enums by value. Tests, and what runs around them, are not in it: nobody calls them.
/// </summary>
internal static class PublicApi
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    internal static IEnumerable<string> Describe(Assembly assembly) =>
        assembly.GetExportedTypes().Where(type => !IsGenerated(type)).OrderBy(ApiNames.OfDeclared, StringComparer.Ordinal).SelectMany(Describe);

    private static IEnumerable<string> Describe(Type type) =>
    [
        "",
        Declaration(type),
        .. Members(type)
            .OrderBy(member => member.Name, StringComparer.Ordinal).ThenBy(member => member.Line, StringComparer.Ordinal)
            .Select(member => "    " + member.Line),
    ];

    // ---- types ----

    private static string Declaration(Type type)
    {
        if (IsDelegate(type)) return Attributes(type) + $"public delegate {Signature(type.GetMethod("Invoke")!, ApiNames.OfDeclared(type))}";
        var bases = Bases(type).ToList();
        return $"{Attributes(type)}public {Kind(type)} {ApiNames.OfDeclared(type)}{(bases.Count > 0 ? " : " : "")}{string.Join(", ", bases)}{Constraints(type.GetGenericArguments())}";
    }

    private static string Kind(Type type) => type switch
    {
        { IsEnum: true } => "enum",
        { IsInterface: true } => "interface",
        { IsValueType: true } => $"{(type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : "")}{(type.IsByRefLike ? "ref " : "")}{(IsRecord(type) ? "record " : "")}struct",
        { IsAbstract: true, IsSealed: true } => "static class",
        _ => $"{(type.IsAbstract ? "abstract " : "")}{(type.IsSealed ? "sealed " : "")}{(IsRecord(type) ? "record" : "class")}",
    };

    private static IEnumerable<string> Bases(Type type)
    {
        if (type.IsEnum)
        {
            if (type.GetEnumUnderlyingType() != typeof(int)) yield return ApiNames.Of(type.GetEnumUnderlyingType());
            yield break;
        }
        if (type.BaseType is { } super && super != typeof(object) && super != typeof(ValueType)) yield return ApiNames.Of(super);
        var inherited = (type.BaseType?.GetInterfaces() ?? []).Concat(type.GetInterfaces().SelectMany(one => one.GetInterfaces()));
        foreach (var own in type.GetInterfaces().Except(inherited).Where(one => one.IsVisible).Select(ApiNames.Of).Order(StringComparer.Ordinal))
            yield return own;
    }

    private static bool IsDelegate(Type type) => type.BaseType == typeof(MulticastDelegate);

    private static bool IsRecord(Type type) =>
        type.GetMethod("<Clone>$", Declared) is not null || (type.IsValueType && type.GetMethod("PrintMembers", Declared) is { } print && IsGenerated(print));

    // ---- members ----

    private static IEnumerable<(string Name, string Line)> Members(Type type)
    {
        if (IsDelegate(type)) return [];
        if (type.IsEnum) return type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(DescribeValue);
        return
        [
            .. type.GetConstructors(Declared).Where(IsShown).Select(made => ("", Describe(made, ApiNames.WithoutArguments(type)))),
            .. type.GetFields(Declared).Where(IsShown).Select(field => (field.Name, Describe(field))),
            .. type.GetProperties(Declared).Where(IsShown).Select(property => (property.Name, Describe(property))),
            .. type.GetEvents(Declared).Where(raised => IsShown(raised.AddMethod!)).Select(raised => (raised.Name, Describe(raised))),
            .. type.GetMethods(Declared).Where(IsShown).Where(method => !method.IsSpecialName || IsOperator(method)).Select(method => (method.Name, Describe(method, MethodName(method)))),
        ];
    }

    private static (string Order, string Line) DescribeValue(FieldInfo field)
    {
        var value = Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture);
        return (value.ToString("D19", CultureInfo.InvariantCulture), $"{field.Name} = {value}");
    }

    private static string Describe(EventInfo raised) => $"{Modifiers(raised.AddMethod!)}event {ApiNames.Of(ApiNames.Nullability.Create(raised))} {raised.Name}";

    private static string Describe(FieldInfo field)
    {
        var modifiers = field.IsLiteral ? "const " : $"{(field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}";
        var value = field.IsLiteral ? $" = {Literal(field.GetRawConstantValue(), field.FieldType)}" : "";
        return $"{Attributes(field)}{(field.IsPublic ? "public " : "protected ")}{modifiers}{ApiNames.Of(ApiNames.Nullability.Create(field))} {field.Name}{value}";
    }

    private static string Describe(PropertyInfo property)
    {
        var most = Accessors(property).First(IsVisible);
        var accessors = Accessors(property).Where(IsVisible).Select(accessor =>
            accessor == property.GetMethod ? "get;" : accessor.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init;" : "set;");
        var index = property.GetIndexParameters();
        var name = index.Length == 0 ? property.Name : $"this[{string.Join(", ", index.Select(Describe))}]";
        var required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        return $"{Attributes(property)}{Modifiers(most)}{required}{ApiNames.Of(ApiNames.Nullability.Create(property))} {name} {{ {string.Join(' ', accessors)} }}";
    }

    private static string Describe(MethodBase method, string name) => $"{Attributes(method)}{Modifiers(method)}{Signature(method, name)}";

    private static string Signature(MethodBase method, string name)
    {
        var returns = method is MethodInfo { ReturnParameter: var result } ? ApiNames.Of(ApiNames.Nullability.Create(result)) + " " : "";
        var receiver = method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "";
        var generic = method is MethodInfo { IsGenericMethodDefinition: true } ? method.GetGenericArguments() : [];
        return $"{returns}{name}({receiver}{string.Join(", ", method.GetParameters().Select(Describe))}){Constraints(generic)}";
    }

    private static string MethodName(MethodInfo method)
    {
        if (IsOperator(method)) return $"operator {method.Name["op_".Length..]}";
        return method.IsGenericMethodDefinition ? $"{method.Name}<{string.Join(", ", method.GetGenericArguments().Select(ApiNames.Of))}>" : method.Name;
    }

    private static string Describe(ParameterInfo parameter)
    {
        var passed = parameter switch
        {
            { IsOut: true } => "out ",
            { ParameterType.IsByRef: true } when parameter.IsDefined(typeof(IsReadOnlyAttribute)) => "in ",
            { ParameterType.IsByRef: true } => "ref ",
            _ when parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute)) => "params ",
            _ => "",
        };
        var value = parameter.HasDefaultValue ? $" = {Literal(parameter.RawDefaultValue, parameter.ParameterType)}" : "";
        return $"{passed}{ApiNames.Of(ApiNames.Nullability.Create(parameter))} {parameter.Name}{value}";
    }

    // ---- parts ----

    /// <summary>Attributes that change what a caller's code means; less those that the compiler puts there for itself.</summary>
    private static string Attributes(MemberInfo member)
    {
        var attributes = "";
        if (member.GetCustomAttribute<ObsoleteAttribute>() is { } obsolete && !member.IsDefined(typeof(CompilerFeatureRequiredAttribute))) attributes += $"[Obsolete(\"{obsolete.Message}\")] ";
        if (member.GetCustomAttribute<OverloadResolutionPriorityAttribute>() is { } ranked) attributes += $"[OverloadResolutionPriority({ranked.Priority})] ";
        if (member.IsDefined(typeof(FlagsAttribute))) attributes += "[Flags] ";
        return attributes;
    }

    private static string Modifiers(MethodBase method)
    {
        if (method.DeclaringType!.IsInterface) return $"{(method.IsStatic ? "static " : "")}{(method.IsAbstract || method.IsStatic ? "" : "virtual ")}";
        var access = method.IsPublic ? "public " : method.IsFamilyOrAssembly ? "protected internal " : "protected ";
        var overrides = method is MethodInfo info && info.GetBaseDefinition() != info;
        return access + method switch
        {
            { IsStatic: true } => "static ",
            { IsAbstract: true } => overrides ? "abstract override " : "abstract ",
            { IsVirtual: true } when overrides => method.IsFinal ? "sealed override " : "override ",
            { IsVirtual: true, IsFinal: false } => "virtual ",
            _ => "",
        };
    }

    private static string Constraints(IEnumerable<Type> arguments) => string.Concat(
        from argument in arguments
        let kind = argument.GenericParameterAttributes & GenericParameterAttributes.SpecialConstraintMask
        let constraints = new List<string>(
        [
            .. kind.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint) ? ["struct"] : Array.Empty<string>(),
            .. kind.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint) ? ["class"] : Array.Empty<string>(),
            .. argument.GetGenericParameterConstraints().Where(type => type != typeof(ValueType)).Select(ApiNames.Of),
            .. kind.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint) && !kind.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint) ? ["new()"] : Array.Empty<string>(),
        ])
        where constraints.Count > 0
        select $" where {argument.Name} : {string.Join(", ", constraints)}");

    private static string Literal(object? value, Type type) => value switch
    {
        null => type.IsValueType && Nullable.GetUnderlyingType(type) is null ? "default" : "null",
        string text => $"\"{text}\"",
        bool yes => yes ? "true" : "false",
        _ when type.IsEnum => $"{ApiNames.Of(type)}.{Enum.ToObject(type, value)}",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static MethodInfo[] Accessors(PropertyInfo property) => property.GetAccessors(nonPublic: true);

    private static bool IsOperator(MethodInfo method) => method.Name.StartsWith("op_", StringComparison.Ordinal);

    internal static bool IsShown(MemberInfo member) => member switch
    {
        FieldInfo field => !IsGenerated(field) && (field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly) && !field.IsSpecialName,
        MethodBase method => !IsGenerated(method) && IsVisible(method) && !IsTest(method),
        PropertyInfo property => !IsGenerated(property) && property.Name != "EqualityContract" && Accessors(property).Any(IsVisible),
        _ => false,
    };

    private static bool IsTest(MethodBase method) =>
        method.GetCustomAttributes().Any(attribute => attribute is ITestBuilder or ISimpleTestBuilder or SetUpAttribute or TearDownAttribute);

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    internal static bool IsGenerated(MemberInfo member) =>
        member.Name.Contains('<', StringComparison.Ordinal) || member.IsDefined(typeof(CompilerGeneratedAttribute));
}
