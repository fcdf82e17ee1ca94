using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace GoGoScope.Hosting;

/// <summary>Adds workers that run on one instance of an application at a time.</summary>
public static class ExclusiveWorkerServiceCollectionExtensions
{
    /// <summary>
    /// Runs a <typeparamref name="TWorker"/> on one instance at a time of those that share the locks: on the one that holds
    /// <paramref name="key"/>. When that instance ends, another goes on at once; when it crashes, after the time to live of the lease.
    /// </summary>
    /// <remarks>Each run has services of its own, and so a <typeparamref name="TWorker"/> of its own, unless that was added otherwise.</remarks>
    /// <typeparam name="TWorker">The worker, made of services.</typeparam>
    /// <param name="services">The application's services; <c>AddGoGoScope</c> comes first.</param>
    /// <param name="key">What all instances know it by; not empty and not white space.</param>
    /// <param name="options">By default <c>new ExclusiveWorkerOptions()</c>.</param>
    /// <exception cref="ArgumentException"><paramref name="key"/> is empty or white space, or the options contradict each other.</exception>
    /// <exception cref="InvalidOperationException"><c>AddGoGoScope</c> was not called before.</exception>
    /// <example>
    /// <code>
    /// services.AddGoGoScope().UseRedis();
    /// services.AddExclusiveWorker&lt;Dispatcher&gt;("dispatcher");
    /// </code>
    /// </example>
    public static IServiceCollection AddExclusiveWorker<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TWorker>(
        this IServiceCollection services, string key, ExclusiveWorkerOptions? options = null) where TWorker : class, IExclusiveWorker
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        var checkedOptions = (options ?? new ExclusiveWorkerOptions()).Validate();
        // What is added later stops earlier, and a worker has to stop before the scope that it runs in.
        if (!services.Any(static service => service.ServiceType == typeof(ApplicationScope)))
            throw new InvalidOperationException($"Call AddGoGoScope before AddExclusiveWorker<{typeof(TWorker).Name}>: workers run in its scope.");
        services.TryAddScoped<TWorker>();
        services.AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<ExclusiveWorkerService<TWorker>>(provider, key, checkedOptions));
        return services;
    }
}
