using GoGoScope.Tests.Leases.Record.Model;

namespace GoGoScope.Tests.ShortWay;

/// <summary>
/// The protocol of the short way (Hold.Short.cs, LockEntry.Short.cs) as steps of memory: threads that acquire, look whether they hold, release, release once more, look at the
/// lock or close it, each step of which may be followed by one of any other thread.
/// </summary>
/// <remarks>
/// A word of more than zero is a granted token, one of less is minus the last token of what is free, zero leaves all to the gate.
/// </remarks>
internal sealed record ShortWayModel
{
    internal enum Act
    {
        Acquire,
        See,
        Release,
        Look,
        Close,
    }

    private sealed record Worker(int At, Step Step, int Seen, int Token);

    private enum Step
    {
        Begin,
        Swap,
        See,
        Enter,
        Read,
        Prepare,
        TakeOver,
        Decide,
        Leave,
    }

    private readonly IReadOnlyList<IReadOnlyList<Act>> _scripts;
    private readonly ImmutableWorkers _workers;

    private ShortWayModel(IReadOnlyList<IReadOnlyList<Act>> scripts) =>
        (_scripts, _workers) = (scripts, new ImmutableWorkers([.. scripts.Select(_ => new Worker(0, Step.Begin, 0, 0))]));

    // What the threads share.
    private int Word { get; init; } = -1;
    private int Token { get; init; }
    private int LastToken { get; init; } = 1;
    private bool IsGateClosed { get; init; }
    private bool MayBeShort { get; init; } = true;

    // What is true, whatever the shared words say.
    private int Holder { get; init; }
    private int Highest { get; init; } = 1;
    private bool WasClosed { get; init; }

    /// <summary>All that can come next; nothing if all have ended.</summary>
    internal IEnumerable<ShortWayModel> Next()
    {
        for (var i = 0; i < _scripts.Count; i++)
        {
            var worker = _workers[i];
            if (worker.At < _scripts[i].Count && Move(i, worker, _scripts[i][worker.At]) is { } next) yield return next;
        }
    }

    internal static ShortWayModel Start(params IReadOnlyList<Act>[] scripts) => new(scripts);

    /// <summary>What must hold when all have ended.</summary>
    internal void CheckEnd()
    {
        Require(Holder == 0 && Token == 0 && Word <= 0 && !IsGateClosed, "something is held at the end");
        Require(Math.Max(LastToken, -Word) >= Highest, "a token was forgotten");
        Require(MayBeShort || Word == 0, "the short way of a lock that was closed is open");
    }

    private ShortWayModel? Move(int i, Worker me, Act act) => me.Step switch
    {
        Step.Begin when act == Act.Acquire => Word < 0 ? To(i, me with { Step = Step.Swap, Seen = Word }) : To(i, me with { Step = Step.Enter }),
        Step.Swap when act == Act.Acquire => Word == me.Seen ? (this with { Word = -me.Seen + 1 }).Granted(i, me, -me.Seen + 1) : To(i, me with { Step = Step.Enter }),

        Step.Begin when act is Act.See or Act.Release && me.Token == 0 => Done(i, me),
        Step.Begin when act == Act.Release => Word == me.Token ? To(i, me with { Step = Step.Swap, Seen = Word }) : IsOf(i, me),
        Step.Swap when act == Act.Release => Word == me.Seen ? (this with { Word = -me.Token }).Released(me).Done(i, me) : IsOf(i, me),
        Step.Begin when act == Act.See => IsOf(i, me),

        // The second of the two looks: the word has said that the gate decides.
        Step.See when act == Act.See => Seen(i, me, Token == me.Token),
        Step.See => Token == me.Token ? To(i, me with { Step = Step.Enter }) : Done(i, me),

        Step.Begin => To(i, me with { Step = Step.Enter }),
        Step.Enter => IsGateClosed ? null : (this with { IsGateClosed = true }).To(i, me with { Step = Step.Read }),
        Step.Read => Word == 0 ? To(i, me with { Step = Step.Decide }) : To(i, me with { Step = Step.Prepare, Seen = Word }),
        Step.Prepare => (this with { Token = Math.Max(me.Seen, 0) }).To(i, me with { Step = Step.TakeOver }),
        Step.TakeOver => Word == me.Seen
            ? (this with { Word = 0, LastToken = Math.Abs(me.Seen) }).To(i, me with { Step = Step.Decide })
            : To(i, me with { Step = Step.Read }),
        Step.Decide => Decide(i, me, act),
        Step.Leave => (this with { IsGateClosed = false }).Done(i, me),
        _ => throw new InvalidOperationException($"{act} has no {me.Step}."),
    };

    /// <summary>The first of the two looks whether a token is that of the current grant.</summary>
    private ShortWayModel IsOf(int i, Worker me)
    {
        if (Word == 0) return To(i, me with { Step = Step.See });
        var isHeld = Word == me.Token;
        if (_scripts[i][me.At] == Act.See) return Seen(i, me, isHeld);
        return isHeld ? To(i, me with { Step = Step.Enter }) : Done(i, me);
    }

    private ShortWayModel Seen(int i, Worker me, bool isHeld)
    {
        Require(isHeld == (Holder == me.Token), $"thread {i} is told {isHeld} of its token");
        return Done(i, me);
    }

    private ShortWayModel Decide(int i, Worker me, Act act)
    {
        Require(Word == 0, "the short way is open while somebody is at the gate");
        Require(Token == Holder, "who is at the gate does not see who holds");
        switch (act)
        {
            case Act.Acquire when Token == 0 && MayBeShort:
                return (this with { LastToken = LastToken + 1, Token = LastToken + 1 }).Grant(LastToken + 1).To(i, me with { Step = Step.Leave, Token = LastToken + 1 });
            case Act.Release when Token == me.Token:
                return (this with { Token = 0 }).Released(me).Opened().To(i, me with { Step = Step.Leave });
            case Act.Close:
                return (this with { MayBeShort = false, WasClosed = true }).To(i, me with { Step = Step.Leave });
            default:
                return Opened().To(i, me with { Step = Step.Leave });
        }
    }

    private ShortWayModel Opened() => MayBeShort && Token == 0 ? this with { Word = -LastToken } : this;

    private ShortWayModel Granted(int i, Worker me, int token) => Grant(token).Done(i, me with { Token = token });

    private ShortWayModel Grant(int token)
    {
        Require(Holder == 0, "two hold");
        Require(token > Highest, "a token was given twice");
        Require(!WasClosed, "it is granted after it was closed");
        return this with { Holder = token, Highest = token };
    }

    private ShortWayModel Released(Worker me)
    {
        Require(Holder == me.Token, "somebody else's grant was released");
        return this with { Holder = 0 };
    }

    private ShortWayModel Done(int i, Worker me) => To(i, me with { At = me.At + 1, Step = Step.Begin, Seen = 0 });

    private ShortWayModel To(int i, Worker worker) => new(this, _workers.With(i, worker));

    private ShortWayModel(ShortWayModel before, ImmutableWorkers workers) : this(before) => _workers = workers;

    private static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new RuleBrokenException(otherwise);
    }

    /// <summary>The threads, equal if each is.</summary>
    private sealed class ImmutableWorkers(Worker[] workers) : IEquatable<ImmutableWorkers>
    {
        internal Worker this[int i] => workers[i];

        internal ImmutableWorkers With(int i, Worker worker)
        {
            var copy = workers.ToArray();
            copy[i] = worker;
            return new ImmutableWorkers(copy);
        }

        public bool Equals(ImmutableWorkers? other) => other is not null && workers.AsSpan().SequenceEqual(other.All);

        public override bool Equals(object? obj) => Equals(obj as ImmutableWorkers);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            foreach (var worker in workers) hash.Add(worker);
            return hash.ToHashCode();
        }

        private ReadOnlySpan<Worker> All => workers;
    }
}
