namespace GoGoScope.Tool;

/// <summary>Nobody reads the output any more, as in <c>gogoscope list | head -1</c>: that ends gogoscope, and is nothing to speak of.</summary>
internal sealed class BrokenPipeException : Exception;
