using GoGoScope.Hosting.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace GoGoScope.Hosting;

/// <summary>Brings GoGoScope into the services of an application.</summary>
public static class GoGoScopeServiceCollectionExtensions
{
    /// <summary>
    /// Adds an <see cref="ILockProvider"/>, one for the whole application: <see cref="InMemoryLockProvider.Shared"/> until a <c>Use…</c>
    /// says otherwise, unless the application has added one before; the <see cref="ApplicationScope"/>; a <see cref="Scope"/> for each scope of services, as each HTTP request is one;
    /// and the log of what GoGoScope reports. Settings come from the section "GoGoScope" of the configuration, and are checked at the start.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets what the configuration doesn't, or something else than it does.</param>
    /// <returns>Says which provider it is.</returns>
    /// <example>
    /// <code>
    /// builder.Services.AddGoGoScope().UseRedis("localhost:6379");
    /// </code>
    /// </example>
    public static GoGoScopeBuilder AddGoGoScope(this IServiceCollection services, Action<GoGoScopeOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        return Add(services, name: null, configure);
    }

    /// <summary>
    /// Adds a further <see cref="ILockProvider"/> as a keyed service, for a second store: a world of keys of its own, in memory until a <c>Use…</c>
    /// says otherwise, unless the application has added one of that name before. Its settings come from the section "GoGoScope:Stores:" and its name.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="name">The key of the service; not empty and not white space.</param>
    /// <param name="configure">Sets what the configuration doesn't, or something else than it does.</param>
    /// <returns>Says which provider it is.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty or white space.</exception>
    /// <example>
    /// <code>
    /// builder.Services.AddGoGoScope("stock").UsePostgres();
    /// // … ([FromKeyedServices("stock")] ILockProvider stock) …
    /// </code>
    /// </example>
    public static GoGoScopeBuilder AddGoGoScope(this IServiceCollection services, string name, Action<GoGoScopeOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        AddCommon(services);
        return Add(services, name, configure);
    }

    private static GoGoScopeBuilder Add(IServiceCollection services, string? name, Action<GoGoScopeOptions>? configure)
    {
        AddCommon(services);
        var options = services.AddOptions<GoGoScopeOptions>(name ?? Options.DefaultName);
        if (configure is not null) options.Configure(configure);
        options.ValidateOnStart();
        return new GoGoScopeBuilder(services, ChoiceOf(services, name));
    }

    /// <summary>What there is once, whatever is added.</summary>
    private static void AddCommon(IServiceCollection services)
    {
        if (services.Any(static service => service.ServiceType == typeof(ApplicationScope))) return;
        // What is set in code comes after this, and so before what is configured.
        services.AddSingleton<IConfigureOptions<GoGoScopeOptions>, SettingsReader>();
        services.AddSingleton<IValidateOptions<GoGoScopeOptions>, SettingsCheck>();
        services.TryAddSingleton<Logging.EventLog>();
        services.AddSingleton<ApplicationScope>();
        services.AddScoped<RequestScope>();
        services.AddScoped(static services => services.GetRequiredService<RequestScope>().Scope);
        services.AddSingleton<IHostedService, ApplicationScopeService>();
        ChoiceOf(services, name: null);
    }

    private static ProviderChoice ChoiceOf(IServiceCollection services, string? name)
    {
        foreach (var service in services)
        {
            if (service.ServiceType == typeof(ProviderChoice) && service.ImplementationInstance is ProviderChoice made && made.Name == name) return made;
        }
        var choice = new ProviderChoice(name);
        services.AddSingleton(choice);
        choice.LeaveOpen(services, () => name is null ? InMemoryLockProvider.Shared : new InMemoryLockProvider());
        return choice;
    }
}
