using System.Collections.Immutable;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Simulation;

/// <summary>A small world around the real engine, in virtual time: UPSes that are read, hosts that answer, guests that
/// stop after a while or never. Keeps a log of every effect. What is in it is watched through its callbacks.</summary>
public partial class VirtualWorld
{
    /// <summary>The wall time at which a world begins that is not told another.</summary>
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private const string KeyHasChanged = "the host key has changed";
    private readonly PriorityQueue<Func<Observation?>, TimeSpan> _due = new();
    private readonly Dictionary<int, TimeSpan> _nextHostPoll = [];
    private TimeSpan _nextUpsPoll;
    private ImmutableSortedSet<int> _watch = [];
    private TimeSpan _boot;
    private TimeSpan? _deadline;
    private int _runs;

    public TimeSpan Now { get; private set; } = TimeSpan.FromHours(1);

    /// <summary>Wall time is this plus <see cref="Now"/>.</summary>
    public DateTimeOffset Epoch { get; init; } = Start;
    public required PlanModel Model { get; set; }
    public PlanState State { get; private set; } = new();
    public Dictionary<int, VirtualUps> Upses { get; } = [];
    public Dictionary<int, VirtualHost> Hosts { get; } = [];
    public Dictionary<string, VirtualGuest> Guests { get; } = [];
    public List<Issued> Effects { get; } = [];
    public List<Notice> Notices { get; } = [];
    public List<RunState> Ended { get; } = [];

    /// <summary>How long the world takes to do and to confirm an effect; half of it passes before it is done.</summary>
    public Func<TimeSpan> Latency { get; set; } = () => TimeSpan.FromMilliseconds(50);
    public TimeSpan Beat { get; set; } = TimeSpan.FromMilliseconds(100);
    public TimeSpan UpsPoll { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The machine of the manager is off: nobody tells the engine anything, and what was on its way is lost.</summary>
    public bool Asleep { get; set; }

    /// <summary>What decides: the engine, or a test's measuring wrapper around it.</summary>
    public Func<PlanModel, PlanState, Observation, Moment, Decision> Engine { get; set; } = PlanEngine.Step;

    /// <summary>Called after each step with the state before it, and what was decided.</summary>
    public Action<PlanState, Observation, Decision>? Checked { get; set; }

    /// <summary>Called with each reading before the engine gets it.</summary>
    public Action<int, UpsObservation>? Read { get; set; }

    /// <summary>Called with each effect before the world carries it out.</summary>
    public Action<Effect>? Carried { get; set; }

    /// <summary>Called with each effect that was refused, and the words.</summary>
    public Action<Effect, string>? Refused { get; set; }

    /// <summary>Answers looks at readiness in the world's place: null is ready. Without it a guest is ready a while after
    /// it started, a host when it answers.</summary>
    public Func<Effect, string?>? Looks { get; set; }

    /// <summary>What goes on beside the engine: called at each beat before anything is looked at.</summary>
    public Action<TimeSpan>? Lives { get; set; }

    /// <summary>The manager's own clock: begins anew with each boot of its machine (F6).</summary>
    public Moment Moment => new(Now - _boot, Epoch + Now);

    /// <summary>Names of the targets that were asked for this, in order, without repetition.</summary>
    public IReadOnlyList<string> Asked(StepAction action) =>
        [.. Effects.Where(e => e.Effect.Action == action).Select(e => e.Effect.TargetName).Distinct()];

    /// <summary>Tells the engine something now, and carries out what it decides.</summary>
    public void Tell(Observation observation)
    {
        if (Asleep)
            return;
        var before = State;
        var decision = Engine(Model, State, observation, Moment);
        State = decision.State;
        _deadline = decision.NextDeadline;
        if (State.Run is { Id: 0 } run)
            State = State.WithRunId(++_runs);
        if (decision.Ended is { } ended)
            Ended.Add(ended);
        if (Journaled(before, decision))
            return;
        Notices.AddRange(decision.Notices);
        _watch = decision.Watch;
        foreach (var host in decision.Refresh)
            _due.Enqueue(() => Look(host), Now + TimeSpan.FromMilliseconds(50));
        foreach (var effect in decision.Effects)
            Carry(effect);
        Checked?.Invoke(before, observation, decision);
    }

    /// <summary>Lets the world go on for <paramref name="seconds"/>, in steps of one <see cref="Beat"/>.</summary>
    public void Run(double seconds)
    {
        var end = Now + TimeSpan.FromSeconds(seconds);
        while (Now < end)
        {
            var beat = Now + Beat;
            while (_due.TryPeek(out var next, out var at) && at <= beat)
            {
                _due.Dequeue();
                Now = at > Now ? at : Now;
                if (next() is { } told)
                    Tell(told);
            }
            Now = beat > Now ? beat : Now;
            PassCuts();
            Lives?.Invoke(Beat);
            PollUpses();
            PollHosts();
            // As the app's loop does: it ticks when the engine asked for it.
            if (_deadline <= Moment.Elapsed)
                Tell(new Ticked());
        }
    }

    public GuestView? View(string guest) => State.Guests.Values.FirstOrDefault(g => g.Name == guest);

    /// <summary>The step on this target in the run, or in the one that ended last.</summary>
    public StepState Step(string target) => (State.Run ?? Ended[^1]).Steps.First(s => s.Target.Name == target);

    private void PollUpses()
    {
        if (Now < _nextUpsPoll)
            return;
        _nextUpsPoll = Now + UpsPoll;
        foreach (var (id, ups) in Upses)
        {
            var reading = ups.Read(id, Moment);
            Read?.Invoke(id, reading);
            Tell(new UpsObserved(reading));
        }
        PollCanaries();
    }

    private void PollHosts()
    {
        foreach (var host in Hosts.Keys)
        {
            if (_nextHostPoll.GetValueOrDefault(host) > Now)
                continue;
            _nextHostPoll[host] = Now + TimeSpan.FromSeconds(_watch.Contains(host) ? 1 : 60);
            Tell(Look(host));
        }
        foreach (var host in _watch.Where(h => _nextHostPoll.GetValueOrDefault(h) > Now + TimeSpan.FromSeconds(1)))
            _nextHostPoll[host] = Now;
    }

    private Observation Look(int hostId)
    {
        var host = Hosts[hostId];
        if (!host.Answers(Now))
            return new HostMissed(hostId, Silent: true, "no route to host", host.Witness, Moment.Elapsed)
            {
                HasPower = host.AskBmc(Now),
            };
        if (host.KeyChanged)
            return new HostMissed(hostId, Silent: false, KeyHasChanged, host.Witness, Moment.Elapsed);
        if (host.LockedOut)
            return new HostMissed(hostId, Silent: false, "Permission denied (publickey)", host.Witness, Moment.Elapsed);
        var guests = Guests.Values.Where(g => g.HostId == hostId);
        return new HostAnswered(
            hostId,
            host.Realm,
            WholeRealm: true,
            [.. guests.Select(g => new GuestSeen(g.ExternalId, g.Name, g.Power(Now), g.Id))],
            Moment.Elapsed
        )
        {
            NotReady = host.NotReady,
        };
    }

    private void Carry(Effect effect)
    {
        Effects.Add(new Issued(Now, effect));
        Carried?.Invoke(effect);
        var slow = Hosts.GetValueOrDefault(effect.HostId)?.SlowSeconds ?? 0;
        var latency = Latency() + TimeSpan.FromSeconds(slow);
        _due.Enqueue(
            () =>
            {
                var refusal = Do(effect);
                if (refusal is not null)
                    Refused?.Invoke(effect, refusal);
                var ended = new EffectEnded(effect.Id, refusal is null, refusal)
                {
                    TrustChanged = refusal == KeyHasChanged,
                };
                _due.Enqueue(() => ended, Now + (latency / 2));
                return null;
            },
            Now + (latency / 2)
        );
    }

    private string? Do(Effect effect) =>
        effect.Kind switch
        {
            _ when effect.UpsId is { } upsId => DoUps(upsId, effect),
            EffectKind.Probe => null,
            EffectKind.Wake => Hosts[effect.HostId].TakeWake(effect.Method ?? 0, Now),
            EffectKind.Ready when Looks is not null => Looks(effect),
            _ when effect.Kind != EffectKind.BmcOff && !Hosts[effect.HostId].Answers(Now) => "no route to host",
            _ when effect.Kind != EffectKind.BmcOff && Hosts[effect.HostId].KeyChanged => KeyHasChanged,
            _ when Hosts[effect.HostId].LockedOut => "Permission denied (publickey)",
            EffectKind.GuestPower when effect.Action == StepAction.Start && Hosts[effect.HostId].NotReady is { } why =>
                why,
            EffectKind.GuestPower => GuestOf(effect).Take(effect.Action, Now),
            EffectKind.HostShutdown => Hosts[effect.HostId].TakeShutdown(Now),
            EffectKind.BmcOff => Hosts[effect.HostId].TakeBmcOff(),
            EffectKind.Command => Hosts[effect.HostId]
                .TakeCommand(effect.Command ?? effect.Prepare ?? effect.Http?.ToString()),
            EffectKind.PayDebt => Hosts[effect.HostId].TakeCommand(effect.Command ?? $"undo {effect.DebtKind}"),
            EffectKind.Ready when effect.ExternalId is not null => GuestOf(effect).Serves(Now)
                ? null
                : "connection refused",
            _ => null,
        };

    /// <summary>Names may be taken twice, in two realms: the platform's id says which is meant.</summary>
    private VirtualGuest GuestOf(Effect effect) =>
        Guests.Values.First(g =>
            g.ExternalId == effect.ExternalId && Hosts[g.HostId].Realm == Hosts[effect.HostId].Realm
        );
}

/// <summary>An effect, and when the engine issued it.</summary>
public sealed record Issued(TimeSpan At, Effect Effect);
