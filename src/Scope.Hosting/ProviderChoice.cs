using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace GoGoScope.Hosting;

/// <summary>Which provider was chosen for one name, and the service that it is.</summary>
internal sealed class ProviderChoice(string? name)
{
    internal string? Name => name;

    internal string OptionsName => name ?? Options.DefaultName;

    /// <summary>How the provider is made; null if it is an instance or a service of the application's, which has no settings.</summary>
    internal LockProviderSource? Source { get; private set; }

    /// <summary>Whether nobody has chosen.</summary>
    internal bool IsOpen { get; private set; } = true;

    /// <summary>Where its settings stand in the configuration.</summary>
    internal string Section => name is null ? GoGoScopeOptions.Section : $"{GoGoScopeOptions.Section}:Stores:{name}";

    /// <summary>Nobody has chosen: a service that the application has added stays; without one it is <paramref name="otherwise"/>.</summary>
    internal void LeaveOpen(IServiceCollection services, Func<ILockProvider> otherwise)
    {
        if (!services.Any(service => service.ServiceType == typeof(ILockProvider) && Equals(service.ServiceKey, name)))
            services.Add(new ServiceDescriptor(typeof(ILockProvider), name, otherwise()));
        else IsOpen = false;
    }

    internal void Provide(IServiceCollection services, ILockProvider instance)
    {
        (Source, IsOpen) = (null, false);
        // An instance is not the container's to dispose.
        Replace(services, new ServiceDescriptor(typeof(ILockProvider), name, instance));
    }

    internal void Provide(IServiceCollection services, LockProviderSource source)
    {
        (Source, IsOpen) = (source, false);
        Replace(services, name is null
            ? ServiceDescriptor.Singleton<ILockProvider>(Create)
            : ServiceDescriptor.KeyedSingleton<ILockProvider>(name, (services, _) => Create(services)));
    }

    internal ILockProvider ProviderOf(IServiceProvider services) =>
        name is null ? services.GetRequiredService<ILockProvider>() : services.GetRequiredKeyedService<ILockProvider>(name);

    private ILockProvider Create(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptionsMonitor<GoGoScopeOptions>>().Get(OptionsName);
        return Source!.Create(services, options.ToSettings(services.GetService<TimeProvider>()));
    }

    private void Replace(IServiceCollection services, ServiceDescriptor descriptor)
    {
        if (name is null) services.RemoveAll<ILockProvider>();
        else services.RemoveAllKeyed<ILockProvider>(name);
        services.Add(descriptor);
    }
}
