using Microsoft.Extensions.Options;

namespace GoGoScope.Hosting.Settings;

/// <summary>Says all that is wrong with the settings of a provider, before it is made.</summary>
internal sealed class SettingsCheck(IEnumerable<ProviderChoice> choices) : IValidateOptions<GoGoScopeOptions>
{
    private const string InMemory = "nothing was chosen, by UseRedis(), say, and locks in memory have";

    public ValidateOptionsResult Validate(string? name, GoGoScopeOptions options)
    {
        if (choices.FirstOrDefault(choice => choice.OptionsName == name) is not { } choice) return ValidateOptionsResult.Skip;
        var problems = new List<string>(options.Problems);
        if (options.ShutdownTimeout < TimeSpan.Zero)
            problems.Add($"{choice.Section}:ShutdownTimeout is {options.ShutdownTimeout}. It must be zero or more.");
        if (options.Leases.LongestPoll < options.Leases.ShortestPoll)
            problems.Add($"{choice.Section}:Leases:LongestPoll is {options.Leases.LongestPoll}. It must be at least Leases:ShortestPoll, which is {options.Leases.ShortestPoll}.");
        if (choice.Name is not null) AddThoseOfTheApplication(choice, options, problems);
        // To whoever was given in code the settings say nothing: they are another's, which a test replaces, say.
        if (choice is { Source: null, IsOpen: false }) return Result(problems);
        if (choice.Source is null && options.Leases != new GoGoScopeOptions().Leases) problems.Add($"{choice.Section}:Leases is set, but {InMemory} no use for it.");
        AddProblemsOfStore(choice, options, problems);
        return Result(problems);
    }

    /// <summary>What an exception for an argument says, less the argument.</summary>
    internal static string Sentence(Exception wrong) => wrong.Message.Split(" (Parameter ", 2)[0].Split('\n', 2)[0].TrimEnd();

    private static ValidateOptionsResult Result(List<string> problems) => problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);

    private static void AddThoseOfTheApplication(ProviderChoice choice, GoGoScopeOptions options, List<string> problems)
    {
        var unset = new GoGoScopeOptions();
        if (options.ShutdownTimeout != unset.ShutdownTimeout) problems.Add($"{choice.Section}:ShutdownTimeout is {options.ShutdownTimeout}, but the application has only one: {GoGoScopeOptions.Section}:ShutdownTimeout.");
        if (options.Scope != unset.Scope) problems.Add($"{choice.Section}:Scope is set, but the application has only one: {GoGoScopeOptions.Section}:Scope.");
    }

    private static void AddProblemsOfStore(ProviderChoice choice, GoGoScopeOptions options, List<string> problems)
    {
        var source = choice.Source;
        var user = $"the provider \"{source?.Name}\"";
        var userHas = source is null ? InMemory : $"{user} has";
        var settings = options.ToSettings();
        (string Name, string? Value)[] values =
        [
            (nameof(settings.ConnectionString), settings.ConnectionString),
            (nameof(settings.KeyPrefix), settings.KeyPrefix),
            (nameof(settings.Schema), settings.Schema),
            (nameof(settings.Table), settings.Table),
        ];
        var before = problems.Count;
        foreach (var (name, value) in values)
        {
            // Not the value of a connection string, which may have a password.
            if (value is not null && source?.Reads.Contains(name) != true)
                problems.Add($"{choice.Section}:{name} is {(name == nameof(settings.ConnectionString) ? "set" : $"\"{value}\"")}, but {userHas} no use for it{Known(source)}.");
        }
        if (options.EnsureSchema && source?.EnsureSchema is null)
            problems.Add($"{choice.Section}:EnsureSchema is true, but {userHas} no schema to make. Leave it out.");
        if (source?.ConnectionStringExample is { } example && string.IsNullOrWhiteSpace(settings.ConnectionString))
            problems.Add($"{choice.Section}:ConnectionString is {(settings.ConnectionString is null ? "not set" : $"\"{settings.ConnectionString}\"")}, and {user} needs one, such as \"{example}\".");
        if (problems.Count > before || source?.Check is not { } check) return;
        try
        {
            check(settings);
        }
        catch (ArgumentException wrong)
        {
            problems.Add($"{choice.Section}{(wrong.ParamName is { Length: > 0 } part ? $":{char.ToUpperInvariant(part[0])}{part[1..]}" : "")} won't do for {user}. {Sentence(wrong)}");
        }
    }

    private static string Known(LockProviderSource? source) => source is null ? "" : source.Reads.Count == 0 ? "; it has no settings of its own" : $"; it has {string.Join(", ", source.Reads)}";
}
