namespace Shop;

internal static partial class ReordersLog
{
    [LoggerMessage(1, LogLevel.Information, "There is no {Item} left: it is ordered again, with fencing token {Token}")]
    internal static partial void RunOut(ILogger log, string item, long token);
}
