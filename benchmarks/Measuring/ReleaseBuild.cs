using System.Diagnostics;
using System.Reflection;

namespace GoGoScope.Benchmarks.Measuring;

/// <summary>How the library must be built to be measured.</summary>
internal static class ReleaseBuild
{
    /// <exception cref="MeasuringFailedException">It was not built so.</exception>
    internal static void Demand()
    {
        if (typeof(Scope).Assembly.GetCustomAttribute<DebuggableAttribute>()?.IsJITOptimizerDisabled == true)
            throw new MeasuringFailedException("This is a debug build, whose numbers mean nothing: add --configuration Release.");
    }
}
