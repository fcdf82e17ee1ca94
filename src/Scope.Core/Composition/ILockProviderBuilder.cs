namespace GoGoScope;

/// <summary>
/// Chooses the <see cref="ILockProvider"/> of an application that uses dependency injection. <c>AddGoGoScope</c> of
/// GoGoScope.Hosting returns one, and the adapters extend it by <c>UseRedis</c> and the like: so neither needs the other. For
/// authors of providers.
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
    /// <summary>
    /// Has the application use the provider that <paramref name="source"/> describes, in place of the one that was chosen before.
    /// </summary>
    void UseProvider(LockProviderSource source);
}
