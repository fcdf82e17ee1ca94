using StackExchange.Redis;

namespace GoGoScope.Persistence.Redis.Tests;

/// <summary>How long is waited for what the servers say of themselves.</summary>
[TestFixture]
public sealed class ServerCheckTests
{
    [Test]
    public async Task The_last_server_may_answer_just_while_it_is_looked_who_has_answered()
    {
        var last = new TaskCompletionSource<Dictionary<string, string>>();
        var looking = new Looking();
        // Of a replica, so that the last one is waited for.
        var replica = new Dictionary<string, string>(looking) { ["role"] = "slave" };
        looking.At = () => last.TrySetException(new RedisConnectionException(ConnectionFailureType.UnableToConnect, "This node is down."));
        await ServerCheck.AnsweredAsync([Task.FromResult(replica), last.Task]).Soon();
        Assert.That(last.Task.IsFaulted);
    }

    /// <summary>Has something happen when somebody looks into what a server has said.</summary>
    private sealed class Looking : IEqualityComparer<string>
    {
        internal Action At { get; set; } = static () => { };

        public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);

        public int GetHashCode(string text)
        {
            At();
            return text.GetHashCode(StringComparison.Ordinal);
        }
    }
}
