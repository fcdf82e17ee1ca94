using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases;

/// <summary>A store does at once what it is asked, and its answers take their time.</summary>
internal sealed class SlowAnswers(TimeSpan delay) : IStoreFaults
{
    public CallFault OnCall(in StoreCall request) => new() { ReplyDelay = delay };

    public NewsFault OnNews(string key) => default;
}
