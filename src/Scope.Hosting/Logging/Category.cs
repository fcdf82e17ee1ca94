using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GoGoScope.Hosting.Logging;

internal static class Category
{
    /// <summary>The category of all that GoGoScope logs.</summary>
    internal const string Name = "GoGoScope";

    /// <summary>Where it is logged: nowhere, in an application without logs.</summary>
    internal static ILogger LogOf(ILoggerFactory? logs) => logs?.CreateLogger(Name) ?? NullLogger.Instance;
}
