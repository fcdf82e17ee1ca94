using GoGoScope.Tests.Leases.Record.Model;

namespace GoGoScope.Tests.Leases.Record.Exploration;

/// <summary>Everything that can happen next in a state. Reports each state that comes of it, and throws if a rule is broken on the way.</summary>
internal sealed partial class Stepper(Setup setup, RecordTable records, PlanTable plans)
{
    internal delegate void Reached(in World world, Move move);

    private readonly Names _names = new(setup, records, plans);
    private Reached _reached = delegate { };
    private World _from;

    /// <summary>Which client each one has become in the state that was reached.</summary>
    internal int Order => _names.Order;

    /// <summary>What is being tried, for errors.</summary>
    internal Move Current { get; private set; }

    internal void Expand(in World from, Reached reached)
    {
        _reached = reached;
        _from = from;
        Tick();
        for (var client = 0; client < Setup.Clients; client++)
        {
            Act(client);
            if (setup.Dies == client && from.Clients[client].Phase != Phase.Dead) Die(client);
        }
        if (from.Late.Exists) Arrive();
        if (setup.Dies >= 0 && from.Clients[setup.Dies].Phase == Phase.Dead && !from.DeathIsKnown) LearnOfDeath();
    }

    // ---- the clock ----

    private void Tick()
    {
        Begin(-1, "the clock moves on");
        var world = _from;
        world.Record = records.Ticked(world.Record);
        Tick(ref world.Late);
        foreach (ref var client in (Span<Client>)world.Clients)
        {
            Tick(ref client.Flight);
            if (client.Phase == Phase.Sent && client.Flight.Expects != Expects.Past) client.Age = Math.Min(3, client.Age + 1);
            client.Believes = Math.Max(0, client.Believes - 1);
            client.ReplyBelieves = Math.Max(0, client.ReplyBelieves - 1);
        }
        Reach(world);
    }

    private void Tick(ref Flight flight)
    {
        if (!flight.Exists || flight.Expects == Expects.Past) return;
        flight.NotAfter--;
        flight.Plan = plans.Ticked(flight.Plan);
    }

    // ---- the clients ----

    private void Act(int number)
    {
        var client = _from.Clients[number];
        switch (client.Phase)
        {
            case Phase.Idle:
                Send(number, Verb.Enter, "acquires");
                if (setup.Has(Verb.TryOnce)) Send(number, Verb.TryOnce, "tries to acquire");
                break;
            case Phase.Waiting:
                Send(number, Verb.Enter, client.Woken ? "is woken and looks" : "looks");
                if (setup.Has(Verb.GiveUp)) Send(number, Verb.GiveUp, "gives up");
                if (setup.Has(Verb.GiveUp) && setup.Has(Verb.LeaveForNext)) Send(number, Verb.LeaveForNext, "gives up its wait for another");
                if (setup.Has(Verb.Raise)) Send(number, Verb.Raise, "raises its priority");
                break;
            case Phase.Holding:
                Send(number, Verb.Leave, "releases");
                if (setup.Has(Verb.LeaveForNext)) Send(number, Verb.LeaveForNext, "releases and acquires for another");
                if (client.Believes > 0) Hold(number, client);
                break;
            case Phase.Sent:
                TakeSwap(number);
                if (setup.LosesRequests) SendAgain(number, "takes its request for lost, reads and sends it again");
                break;
            case Phase.Replied:
                Begin(number, "hears", outcome: client.Outcome);
                var world = _from;
                Hear(ref world, number);
                Reach(world);
                SendAgain(number, "does not get the reply, reads and sends it again");
                break;
        }
    }

    private void Hold(int number, Client client)
    {
        if (setup.Has(Verb.Renew)) Send(number, Verb.Renew, "renews");
        if (setup.Has(Verb.DrawMore)) Send(number, Verb.DrawMore, "draws more tokens");
        if (client.Used >= client.Last) return;
        Begin(number, "hands its hold to its next guard");
        var world = _from;
        Use(ref world, number, client.Used + 1);
        Reach(world);
    }

    /// <summary>Reads the record, works out what to do, and sends it, by a clock that may be wrong and with what it may know of the dead.</summary>
    private void Send(int number, Verb verb, string what)
    {
        var (lastPlan, lastNotAfter) = (-1, -1);
        foreach (var error in setup.ClockErrors)
        {
            for (var knows = 0; knows < (MattersWhoIsDead ? 2 : 1); knows++)
            {
                Begin(number, what, error, knows == 1);
                var world = _from;
                ref var client = ref world.Clients[number];
                if (client.Phase == Phase.Idle) client.Number = _names.Unused(in _from, number, except: -1);
                client.Verb = verb;
                client.Next = verb == Verb.LeaveForNext ? _names.Unused(in _from, number, except: client.Number) : 0;
                Compute(ref world, number, error, knows == 1 ? setup.Dies : -1);
                // Mostly it makes no difference.
                if (client.Phase == Phase.Sent && client.Flight.Plan == lastPlan && client.Flight.NotAfter == lastNotAfter) continue;
                if (client.Phase == Phase.Sent) (lastPlan, lastNotAfter) = (client.Flight.Plan, client.Flight.NotAfter);
                Reach(world);
            }
        }
    }

    private bool MattersWhoIsDead => _from.DeathIsKnown && records[_from.Record].Has(setup.Dies);

    private void SendAgain(int number, string what)
    {
        var sent = _from.Clients[number];
        foreach (var error in setup.ClockErrors)
        {
            Begin(number, what, error);
            var world = _from;
            if (sent.Phase == Phase.Sent) Delay(ref world, sent.Flight);
            Compute(ref world, number, error, dead: -1);
            Reach(world);
            if (!setup.DelaysSwaps || !world.Late.Exists || world.Late.Equals(_from.Late)) continue;
            // Or it is lost for good.
            world.Late = _from.Late;
            Reach(world);
        }
    }

    private void Delay(ref World world, Flight flight)
    {
        if (setup.DelaysSwaps && flight.Expects != Expects.Past && !world.Late.Exists) world.Late = flight;
    }

    private void Compute(ref World world, int number, int error, int dead)
    {
        ref var client = ref world.Clients[number];
        var held = records[world.Record].IndexOfHolder(number, client.Number);
        var used = held < 0 ? 0 : records[world.Record].Holders[held].Token + client.Used;
        client.Woken = false;
        if (client.Verb is Verb.Leave or Verb.LeaveForNext or Verb.GiveUp) client.Believes = 0;
        var isAboutUsed = client.Verb is Verb.Leave or Verb.LeaveForNext or Verb.DrawMore;
        var plan = plans.Make(world.Record, number, client.Verb, client.Number, client.Next, isAboutUsed ? used : -RecordTable.FarBack, error, dead);
        (client.Outcome, client.ReplyBelieves, client.ReplyLast, client.Age) = (default, 0, 0, 0);
        if (plans[plan].Changes)
        {
            client.Phase = Phase.Sent;
            client.Flight = new Flight
            {
                Exists = true,
                Plan = plan,
                Expects = world.Record == RecordTable.Free ? Expects.Free : Expects.Current,
                NotAfter = Setup.Patience + error,
            };
            return;
        }
        Answer(ref world, number, plans[plan], age: 0);
        Hear(ref world, number);
    }

    /// <summary>The store takes the swap, or refuses it and answers with the record; then the client works it out anew.</summary>
    private void TakeSwap(int number)
    {
        Begin(number, "'s swap reaches the store");
        var world = _from;
        var sent = world.Clients[number];
        if (TrySwap(ref world, sent.Flight))
        {
            Answer(ref world, number, plans[sent.Flight.Plan], sent.Age);
            // When a reply that isn't lost is heard makes no difference to anybody else, so it is heard at once.
            if (!setup.LosesReplies) Hear(ref world, number);
            ReachWithWakes(ref world, plans[sent.Flight.Plan].Wake);
            return;
        }
        foreach (var error in setup.ClockErrors)
        {
            Begin(number, "'s swap is refused, it does it again", error);
            world = _from;
            Compute(ref world, number, error, dead: -1);
            Reach(world);
        }
    }

    private void Answer(ref World world, int number, Plan plan, int age)
    {
        ref var client = ref world.Clients[number];
        client.Phase = Phase.Replied;
        client.Flight = default;
        client.Age = 0;
        client.Outcome = plan.Outcome;
        if (plan.Outcome is not (RecordOutcome.Granted or RecordOutcome.Renewed)) return;
        var id = client.Verb == Verb.LeaveForNext ? client.Next : client.Number;
        var holder = records[world.Record].Holders[records[world.Record].IndexOfHolder(number, id)];
        // Counted from when it was sent, for the store's clock may have moved before the store saw it.
        client.ReplyBelieves = Math.Max(0, plan.ExpiresAt - age);
        client.ReplyLast = holder.LastToken - holder.Token;
    }

    private void Hear(ref World world, int number)
    {
        ref var client = ref world.Clients[number];
        var (outcome, believes, last) = (client.Outcome, client.ReplyBelieves, client.ReplyLast);
        (client.Outcome, client.ReplyBelieves, client.ReplyLast) = (default, 0, 0);
        if (client.Verb == Verb.LeaveForNext) client.Number = client.Next;
        client.Next = 0;
        switch (client.Verb)
        {
            case Verb.Leave or Verb.GiveUp:
                client = default;
                break;
            case Verb.Renew:
                if (outcome == RecordOutcome.Lost && client.Believes > 0) throw new RuleBrokenException("a client that may believe that it holds is told that it has lost");
                if (client.Believes > 0) client.Believes = Math.Max(client.Believes, believes);
                client.Phase = Phase.Holding;
                break;
            case Verb.DrawMore:
                if (outcome == RecordOutcome.Lost && client.Believes > 0) throw new RuleBrokenException("a client that may believe that it holds is told that it has lost");
                if (outcome == RecordOutcome.Granted) client.Last = last;
                client.Phase = Phase.Holding;
                break;
            default:
                if (outcome == RecordOutcome.Waiting) client.Phase = Phase.Waiting;
                else if (outcome == RecordOutcome.Granted) BeginToHold(ref world, number, believes, last);
                else client = default;
                break;
        }
        if (client.Phase != Phase.Idle) client.Verb = Verb.Enter;
    }

    private void BeginToHold(ref World world, int number, int believes, int last)
    {
        ref var client = ref world.Clients[number];
        (client.Phase, client.Woken) = (Phase.Holding, false);
        (client.Used, client.Last, client.Believes) = (0, last, believes);
        if (believes > 0) Use(ref world, number, 0);
    }

    private void Use(ref World world, int number, int place)
    {
        ref var client = ref world.Clients[number];
        client.Used = place;
        var index = records[world.Record].IndexOfHolder(number, client.Number);
        if (index < 0) throw new RuleBrokenException($"{RecordTable.Id(number, client.Number)} believes that it holds, and the record does not say so");
        var holder = records[world.Record].Holders[index];
        var token = holder.Token + place;
        if (token > holder.LastToken) throw new RuleBrokenException("a token is used that was not drawn");
        if (holder.Mode == LockMode.Exclusive && token <= world.HighestUsed) throw new RuleBrokenException("a token is used that is not higher than those before");
        world.HighestUsed = Math.Max(world.HighestUsed, token);
    }

    // ---- what was reached ----

    private void Begin(int client, string what, int error = 0, bool knows = false, RecordOutcome? outcome = null) =>
        Current = new Move(client, what, error, knows, outcome);

    private void Reach(World world)
    {
        Check(in world);
        _names.Normalise(ref world);
        _reached(in world, Current);
    }

    private void Check(in World world)
    {
        var record = records[world.Record];
        var (believers, writers, permits) = (0, 0, 0);
        for (var i = 0; i < Setup.Clients; i++)
        {
            var client = world.Clients[i];
            if (client.Phase == Phase.Waiting && !client.Woken && !setup.LosesWakes) CheckNotForgotten(record, i, client.Number);
            if (client.Believes == 0) continue;
            believers++;
            if (setup.Parties[i].Mode == LockMode.Exclusive) writers++;
            permits += setup.Parties[i].Weight;
            var index = record.IndexOfHolder(i, client.Number);
            if (index < 0) throw new RuleBrokenException($"{RecordTable.Id(i, client.Number)} believes that it holds, and the record does not say so");
            if (record.Holders[index].ExpiresAt < client.Believes) throw new RuleBrokenException($"{RecordTable.Id(i, client.Number)} believes longer than its lease lasts");
        }
        if (permits > setup.Permits) throw new RuleBrokenException($"{permits} permits are believed to be held");
        if (permits > 0 && record.Record.Permits != setup.Permits) throw new RuleBrokenException("permits are believed to be held, and the record is not of any");
        if (writers > 0 && believers > 1) throw new RuleBrokenException("a writer and another believe that they hold the lock");
    }

    /// <summary>Whose turn it is has been granted the lock and told of it, or at least told to go on.</summary>
    private static void CheckNotForgotten(RecordTable.Entry record, int client, int number)
    {
        if (record.IndexOfHolder(client, number) >= 0) throw new RuleBrokenException($"{RecordTable.Id(client, number)} was granted the lock, and nobody wakes it");
        if (record.Turn == (client, number)) throw new RuleBrokenException($"{RecordTable.Id(client, number)} could be granted the lock, and nobody wakes it");
    }
}
