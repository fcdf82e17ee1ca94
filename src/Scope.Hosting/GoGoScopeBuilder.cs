using Microsoft.Extensions.DependencyInjection;

namespace GoGoScope.Hosting;

/// <summary>Says which <see cref="ILockProvider"/> an application uses. The last choice counts.</summary>
/// <remarks>The adapters add <c>UseRedis</c>, <c>UsePostgres</c>, <c>UseMySql</c> and <c>UseMongo</c>.</remarks>
public sealed class GoGoScopeBuilder : ILockProviderBuilder
{
    private readonly ProviderChoice _choice;

    internal GoGoScopeBuilder(IServiceCollection services, ProviderChoice choice) => (Services, _choice) = (services, choice);

    /// <summary>The application's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>The key of the service that the provider is; null for the one without.</summary>
    public string? Name => _choice.Name;

    /// <summary>Uses a provider of the application's, which it disposes itself, after the host.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="provider"/> is null.</exception>
    public GoGoScopeBuilder UseProvider(ILockProvider provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        _choice.Provide(Services, provider);
        return this;
    }

    /// <summary>Uses a provider that is made of other services. It belongs to the host, which disposes it at its end, if it can be disposed.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="create"/> is null.</exception>
    /// <example>
    /// <code>
    /// services.AddGoGoScope().UseProvider(sp => new LeasedLockProvider(sp.GetRequiredService&lt;MyLockStore&gt;()));
    /// </code>
    /// </example>
    public GoGoScopeBuilder UseProvider(Func<IServiceProvider, ILockProvider> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        UseProvider(new LockProviderSource { Name = "own", Create = (services, _) => create(services) });
        return this;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> is null.</exception>
    public void UseProvider(LockProviderSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        _choice.Provide(Services, source);
    }

    /// <summary>Uses locks of this process: the default.</summary>
    public GoGoScopeBuilder UseInMemory() => UseProvider(Name is null ? InMemoryLockProvider.Shared : new InMemoryLockProvider());

    /// <summary>Uses locks of this machine, in files: <see cref="FileLockProvider"/>.</summary>
    /// <param name="directory">
    /// Where; null takes the setting "ConnectionString", and without that <see cref="FileLockStore.DefaultDirectory"/>.
    /// </param>
    /// <exception cref="ArgumentException"><paramref name="directory"/> is empty or white space.</exception>
    public GoGoScopeBuilder UseFiles(string? directory = null)
    {
        if (directory is not null) ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        UseProvider(new LockProviderSource
        {
            Name = "file",
            Reads = [nameof(LockStoreSettings.ConnectionString)],
            Check = settings =>
            {
                if (directory is null) Check(settings.ConnectionString);
            },
            Create = (_, settings) => new FileLockProvider(directory ?? settings.ConnectionString, settings.Leases),
        });
        return this;
    }

    private static void Check(string? connectionString)
    {
        if (connectionString is not null && string.IsNullOrWhiteSpace(connectionString))
            throw new ArgumentException("It is blank. For files it is a directory, such as \"/var/lib/shop/locks\"; left out, it is one of the user's.", nameof(connectionString));
    }
}
