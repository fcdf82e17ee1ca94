using System.Reflection;

namespace GoGoScope.Tests.Locks;

/// <summary>How many callbacks a token has: one that is left behind there is kept until the token is cancelled.</summary>
internal static class Registrations
{
    // .NET tells nobody how many there are. A field that is called otherwise one day fails the tests.
    internal static int Of(CancellationToken token)
    {
        var source = Read(typeof(CancellationToken), token, "_source");
        var registrations = source is null ? null : Read(typeof(CancellationTokenSource), source, "_registrations");
        var count = 0;
        for (var node = registrations is null ? null : Read(registrations.GetType(), registrations, "Callbacks"); node is not null; node = Read(node.GetType(), node, "Next")) count++;
        return count;
    }

    private static object? Read(Type type, object owner, string field) =>
        (type.GetField(field, BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public) ?? throw new MissingFieldException(type.FullName, field)).GetValue(owner);
}
