namespace GoGoScope;

/// <summary>Round trips of one provider to its store, as metrics see them.</summary>
internal sealed class StoreCalls(string provider, TimeProvider time)
{
    internal const string Read = "read";
    internal const string Swap = "swap";
    internal const string SwapMany = "swap_many";
    internal const string Watch = "watch";
    internal const string List = "list";

    /// <summary>As the call itself, and free, if nobody listens.</summary>
    internal ValueTask<T> ObserveAsync<T>(string operation, long sentAt, ValueTask<T> call) =>
        TelemetryMaking.IsOver && Telemetry.StoreDuration.Enabled ? ObservedAsync(operation, sentAt, call) : call;

    private async ValueTask<T> ObservedAsync<T>(string operation, long sentAt, ValueTask<T> call)
    {
        try
        {
            var answer = await call.ConfigureAwait(false);
            Record(operation, sentAt, error: null);
            return answer;
        }
        catch (Exception error)
        {
            Record(operation, sentAt, error);
            throw;
        }
    }

    private void Record(string operation, long sentAt, Exception? error)
    {
        var seconds = time.GetElapsedTime(sentAt).TotalSeconds;
        Telemetry.Tell(() =>
        {
            if (error is null) Telemetry.StoreDuration.Record(seconds, Tag.Provider(provider), Tag.Operation(operation));
            else Telemetry.StoreDuration.Record(seconds, Tag.Provider(provider), Tag.Operation(operation), Tag.ErrorType(error));
        });
    }
}
