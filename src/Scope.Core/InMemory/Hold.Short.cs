using System.Runtime.CompilerServices;

namespace GoGoScope;

// The short way: as long as nobody else holds an entry without a key or waits for it, its resident hold is granted and given back past the
// gate, by one interlocked operation each on one word.
internal sealed partial class Hold
{
    /// <summary>The highest number that fits into the word beside a token: a mode, or so many permits.</summary>
    internal const int MostOnShortWay = (1 << WhatBits) - 1;

    private const int WhatBits = 11;

    // More than zero: granted, the token and below it what. Less: free, minus the last token. Zero: closed, all goes through the gate.
    private long _word;

    /// <summary>The word, of which only the sign is of interest elsewhere.</summary>
    internal long Word => Volatile.Read(ref _word);

    /// <summary>Grants it; zero if it is not free, or not by this way.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal long TryTakeShort(int what)
    {
        var word = Volatile.Read(ref _word);
        if (word >= 0) return 0;
        var token = (-word >> WhatBits) + 1;
        if (Interlocked.CompareExchange(ref _word, (token << WhatBits) | (uint)what, word) != word) return 0;
        if (Scope is { } scope) ChildMark = scope.LastChildStarted;
        return token;
    }

    /// <summary>Gives back what was granted by this way; false for everything else, and if a child that the guard protects still runs, which is to be reported.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryReleaseShort(long token)
    {
        var word = Volatile.Read(ref _word);
        return word >> WhatBits == token && Scope?.HasRunningChildAfter(ChildMark) != true
            && Interlocked.CompareExchange(ref _word, -(token << WhatBits), word) == word;
    }

    /// <summary>What a word says that was read: the token of the grant, zero if it is free, and what was granted.</summary>
    internal static (long Token, int What, long LastToken) Read(long word) =>
        word > 0 ? (word >> WhatBits, (int)word & MostOnShortWay, word >> WhatBits) : (0, 0, -word >> WhatBits);

    /// <summary>Closes the short way, if it still is as it was read.</summary>
    internal bool TryCloseHoldingGate(long word) => Interlocked.CompareExchange(ref _word, 0, word) == word;

    /// <summary>Opens it, for an entry that is free.</summary>
    internal void OpenHoldingGate(long lastToken) => Volatile.Write(ref _word, -(lastToken << WhatBits));

    /// <summary>The token of the current grant, by whichever way; zero if there is none.</summary>
    private long CurrentToken
    {
        get
        {
            // In this order: while the way is being closed, the token is there before the word is gone.
            var word = Volatile.Read(ref _word);
            return word == 0 ? Volatile.Read(ref Token) : Read(word).Token;
        }
    }
}
