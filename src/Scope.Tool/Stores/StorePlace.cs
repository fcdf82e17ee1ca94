namespace GoGoScope.Tool;

/// <summary>
/// A store's address, and where in the store the locks are. An application says the latter in its store's options, and the address in words of the
/// same names: <c>redis://host?KeyPrefix=shop:</c>, <c>postgres://user@host/database?Schema=locks</c>.
/// </summary>
internal sealed class StorePlace
{
    internal const string KeyPrefix = "KeyPrefix";
    internal const string Schema = "Schema";
    internal const string Table = "Table";
    internal const string Durability = "Durability";
    internal const string Collection = "Collection";

    private readonly Dictionary<string, string> _words;

    private StorePlace(StoreAddress address, Dictionary<string, string> words) => (Address, _words) = (address, words);

    internal StoreAddress Address { get; }

    /// <summary>What the address says of it; null if it says nothing.</summary>
    internal string? this[string name] => _words.GetValueOrDefault(name);

    /// <summary>The place that an application has without options.</summary>
    internal static StorePlace Default(StoreAddress address) => new(address, []);

    /// <summary>Null if <paramref name="text"/> is no address of a store.</summary>
    internal static StorePlace? TryParse(string text)
    {
        var words = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var parts = text.Split('?', 2);
        if (parts.Length == 2)
        {
            var names = NamesOf(parts[0]);
            var others = new List<string>();
            foreach (var word in parts[1].Split('&'))
            {
                var pair = word.Split('=', 2);
                if (pair.Length == 2 && names.Contains(pair[0], StringComparer.OrdinalIgnoreCase)) words[pair[0]] = Uri.UnescapeDataString(pair[1]);
                else others.Add(word);
            }
            text = others.Count == 0 ? parts[0] : $"{parts[0]}?{string.Join('&', others)}";
        }
        return StoreAddress.TryParse(text) is { } address ? new(address, words) : null;
    }

    /// <summary>For people, without the password, and with where in the store.</summary>
    public override string ToString() => string.Join(", ", NamesOf(Address.Address.OriginalString)
        .Select(name => this[name] is { } given ? $"{name} {Said.Quoted(given)}" : $"the default {name}")
        .Prepend($"{Address}"));

    private static string[] NamesOf(string address) => address.Split(':', 2)[0].ToLowerInvariant() switch
    {
        "redis" or "rediss" => [KeyPrefix],
        "postgres" or "postgresql" => [Schema, Table, Durability],
        "mysql" or "mariadb" => [Table],
        "mongodb" => [Collection],
        _ => [],
    };
}
