namespace GoGoScope;

/// <summary>The tags of metrics and the attributes of spans.</summary>
internal static class Tag
{
    internal const string ProviderName = "gogoscope.provider";
    internal const string ModeName = "gogoscope.lock.mode";
    internal const string OutcomeName = "gogoscope.outcome";
    internal const string OperationName = "gogoscope.store.operation";
    internal const string KeyName = "gogoscope.lock.key";
    internal const string OwnerName = "gogoscope.lock.owner";
    internal const string PriorityName = "gogoscope.lock.priority";
    internal const string WeightName = "gogoscope.lock.weight";
    internal const string TokenName = "gogoscope.lock.fencing_token";
    internal const string ScopeName = "gogoscope.scope";

    /// <summary>That of the conventions of OpenTelemetry.</summary>
    internal const string ErrorTypeName = "error.type";

    internal static KeyValuePair<string, object?> Provider(string provider) => new(ProviderName, provider);

    internal static KeyValuePair<string, object?> Mode(string mode) => new(ModeName, mode);

    internal static KeyValuePair<string, object?> Outcome(string outcome) => new(OutcomeName, outcome);

    internal static KeyValuePair<string, object?> Operation(string operation) => new(OperationName, operation);

    internal static KeyValuePair<string, object?> ErrorType(Exception error) => new(ErrorTypeName, error.GetType().FullName);

    internal static string ModeOf(in LockRequest request) => request.Weight > 0 ? "permits" : InspectionText.Mode(request.Mode);
}
