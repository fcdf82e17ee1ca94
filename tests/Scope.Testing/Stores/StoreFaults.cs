namespace GoGoScope.Testing;

/// <summary>How one call of a store goes. <c>default</c>: it arrives at once and is answered at once.</summary>
public readonly record struct CallFault
{
    /// <summary>How long the request is under way before the store has it.</summary>
    public TimeSpan RequestDelay { get; init; }

    /// <summary>How long the answer is under way.</summary>
    public TimeSpan ReplyDelay { get; init; }

    /// <summary>The store never gets the request.</summary>
    public bool LosesRequest { get; init; }

    /// <summary>The store does what it is asked, and the caller never hears of it.</summary>
    public bool LosesReply { get; init; }

    /// <summary>
    /// What the call throws instead of an answer. The store has done what it was asked, unless
    /// <see cref="LosesRequest"/>. Without an error, a call whose request or reply is lost hangs.
    /// </summary>
    public Exception? Error { get; init; }

    /// <summary>The call throws its <see cref="Error"/> at once, while the request is still on its way and may do its work yet.</summary>
    public bool ThrowsEarly { get; init; }
}

/// <summary>How one piece of news comes. <c>default</c>: at once, with the record, and once.</summary>
public readonly record struct NewsFault
{
    /// <summary>How long it is under way.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>It never comes.</summary>
    public bool IsLost { get; init; }

    /// <summary>It comes twice: the second one after as long again as the first.</summary>
    public bool ComesTwice { get; init; }

    /// <summary>It comes without the record.</summary>
    public bool LacksRecord { get; init; }
}

/// <summary>A plan of what goes wrong between a process and a store: asked for each call and for each piece of news.</summary>
/// <example>
/// <code>
/// sealed class LosesEveryReply : IStoreFaults
/// {
///     public CallFault OnCall(in StoreCall request) => new() { LosesReply = request.Kind == StoreCallKind.Swap };
///     public NewsFault OnNews(string key) => default;
/// }
/// </code>
/// </example>
public interface IStoreFaults
{
    /// <summary>How this call goes. Asked when the call is made.</summary>
    CallFault OnCall(in StoreCall request);

    /// <summary>How the news of a swap of <paramref name="key"/> comes. Asked when the swap is done.</summary>
    NewsFault OnNews(string key);
}

/// <summary>What a store that can't be used does.</summary>
public enum StoreOutage
{
    /// <summary>It can be used.</summary>
    None,

    /// <summary>It refuses whatever arrives with a <see cref="StoreFaultException"/>.</summary>
    Refuses,

    /// <summary>It answers nothing, and does nothing.</summary>
    Hangs,
}

/// <summary>What a driver might throw: an error that the provider of locks doesn't know.</summary>
public sealed class StoreFaultException(string message) : Exception(message);
