namespace GoGoScope;

/// <summary>
/// Where an application that is put together from services says which <see cref="ILockProvider"/> it uses. <c>AddGoGoScope</c> of
/// GoGoScope.Hosting gives one, and <c>UseRedis</c> and the like of the adapters take one: so neither needs the other. For authors of providers.
/// </summary>
/// <example>
/// <code>
/// public static TBuilder UseConsul&lt;TBuilder&gt;(this TBuilder builder) where TBuilder : ILockProviderBuilder
/// {
///     builder.UseProvider(new LockProviderSource { Name = "consul", Create = (services, settings) => new ConsulLockProvider(settings.ConnectionString!) });
///     return builder;
/// }
/// </code>
/// </example>
public interface ILockProviderBuilder
{
    /// <summary>Makes the provider that <paramref name="source"/> describes the one that is used, in place of the one before.</summary>
    void UseProvider(LockProviderSource source);
}
