using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace GoGoScope.Hosting.Settings;

/// <summary>
/// Reads the section "GoGoScope". Not by the binder, which passes over names that it doesn't know, and gives no more than a type's name for what is wrong.
/// </summary>
internal sealed class SettingsReader(IEnumerable<ProviderChoice> choices, IConfiguration? configuration = null) : IConfigureNamedOptions<GoGoScopeOptions>
{
    private const string Stores = "Stores";

    private delegate void Setter(GoGoScopeOptions options, string value);

    private static readonly Dictionary<string, Setter> Setters = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ConnectionString"] = (options, value) => options.ConnectionString = value,
        ["KeyPrefix"] = (options, value) => options.KeyPrefix = value,
        ["Schema"] = (options, value) => options.Schema = value,
        ["Table"] = (options, value) => options.Table = value,
        ["EnsureSchema"] = (options, value) => options.EnsureSchema = Flag(value),
        ["ShutdownTimeout"] = (options, value) => options.ShutdownTimeout = Time(value),
        ["Leases:DefaultTimeToLive"] = (options, value) => options.Leases = options.Leases with { DefaultTimeToLive = Time(value) },
        ["Leases:RenewalsPerLease"] = (options, value) => options.Leases = options.Leases with { RenewalsPerLease = Whole(value) },
        ["Leases:StoreTimeout"] = (options, value) => options.Leases = options.Leases with { StoreTimeout = Time(value) },
        ["Leases:ReleaseTimeout"] = (options, value) => options.Leases = options.Leases with { ReleaseTimeout = Time(value) },
        ["Leases:ShortestPoll"] = (options, value) => options.Leases = options.Leases with { ShortestPoll = Time(value) },
        ["Leases:LongestPoll"] = (options, value) => options.Leases = options.Leases with { LongestPoll = Time(value) },
        ["Leases:SafetyPoll"] = (options, value) => options.Leases = options.Leases with { SafetyPoll = Time(value) },
        ["Leases:Liveness"] = (options, value) => options.Leases = options.Leases with { Liveness = Time(value) },
        ["Leases:MaxWaiters"] = (options, value) => options.Leases = options.Leases with { MaxWaiters = Whole(value) },
        ["Leases:LocalTurn"] = (options, value) => options.Leases = options.Leases with { LocalTurn = Time(value) },
        ["Leases:Linger"] = (options, value) => options.Leases = options.Leases with { Linger = Time(value) },
        ["Leases:ClockDrift"] = (options, value) => options.Leases = options.Leases with { ClockDrift = Share(value) },
        ["Scope:Name"] = (options, value) => options.Scope = options.Scope with { Name = value },
        ["Scope:Timeout"] = (options, value) => options.Scope = options.Scope with { Timeout = Time(value) },
        ["Scope:MaxConcurrency"] = (options, value) => options.Scope = options.Scope with { MaxConcurrency = Whole(value) },
        ["Scope:FailurePolicy"] = (options, value) => options.Scope = options.Scope with { FailurePolicy = Policy(value) },
    };

    public void Configure(GoGoScopeOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, GoGoScopeOptions options)
    {
        if (configuration is null || choices.FirstOrDefault(choice => choice.OptionsName == name) is not { } choice) return;
        foreach (var (path, value) in configuration.GetSection(choice.Section).AsEnumerable(makePathsRelative: true).OrderBy(static setting => setting.Key, StringComparer.Ordinal))
        {
            // What has no value has others below it.
            if (value is null) continue;
            if (choice.Name is null && path.StartsWith(Stores + ":", StringComparison.OrdinalIgnoreCase))
            {
                RefuseUnknownStore(path, options);
                continue;
            }
            Set(options, $"{choice.Section}:{path}", path, value);
        }
    }

    private static void Set(GoGoScopeOptions options, string fullPath, string path, string value)
    {
        if (!Setters.TryGetValue(path, out var set))
        {
            options.Problems.Add($"{fullPath} is not a setting of GoGoScope: there are {string.Join(", ", Setters.Keys)}.");
            return;
        }
        try
        {
            set(options, value);
        }
        catch (Exception wrong) when (wrong is FormatException or ArgumentException)
        {
            options.Problems.Add($"{fullPath} is \"{value}\". {SettingsCheck.Sentence(wrong)}");
        }
    }

    private void RefuseUnknownStore(string path, GoGoScopeOptions options)
    {
        var store = path.Split(':')[1];
        if (choices.Any(choice => string.Equals(choice.Name, store, StringComparison.OrdinalIgnoreCase))) return;
        var problem = $"{GoGoScopeOptions.Section}:{Stores}:{store} is for a store that the application doesn't have: AddGoGoScope(\"{store}\") adds it.";
        if (!options.Problems.Contains(problem)) options.Problems.Add(problem);
    }

    private static TimeSpan Time(string value) =>
        // Not by its looser forms, to which 24:00:00 is 24 days.
        TimeSpan.TryParseExact(value, "c", CultureInfo.InvariantCulture, out var time) && value.Contains(':', StringComparison.Ordinal)
            ? time
            : throw new FormatException("A time is written as hours:minutes:seconds, such as 00:00:30 or 00:00:00.250, and a day as 1.00:00:00.");

    private static int Whole(string value) =>
        int.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : throw new FormatException("It must be a whole number, such as 100.");

    private static double Share(string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : throw new FormatException("It must be a number, such as 0.001.");

    private static bool Flag(string value) => bool.TryParse(value, out var flag) ? flag : throw new FormatException("It must be true or false.");

    private static FailurePolicy Policy(string value) =>
        Enum.TryParse<FailurePolicy>(value, ignoreCase: true, out var policy) && Enum.IsDefined(policy)
            ? policy
            : throw new FormatException($"It must be one of {string.Join(", ", Enum.GetNames<FailurePolicy>())}.");
}
