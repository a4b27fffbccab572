using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Engine;

/// <summary>What a startup waits for (POLICY D1, E3).</summary>
internal sealed partial class Turn
{
    /// <summary>A battery that would not be enough even when full is asked for half of what it has: waiting for a better one
    /// would be for ever.</summary>
    private const double WornPercent = 50;

    /// <summary>Time that mains must be stable before startup; flapping doubles it, thirty minutes at most (D1).</summary>
    public TimeSpan StableMains
    {
        get
        {
            // Those before the last one, kept as long as it is the last: flapping is not over because time has passed.
            var recent = _state.Outages.Length;
            var factor = recent >= 3 ? Math.Pow(2, recent - 2) : 1;
            var longest = Math.Max(1800, Plan.Startup.StableMainsSeconds);
            return TimeSpan.FromSeconds(Math.Min(Plan.Startup.StableMainsSeconds * factor, longest));
        }
    }

    /// <summary>Whether enough supplies of the host have been on line for <paramref name="span"/> (D1, E3).</summary>
    private bool OnLineFor(int hostId, TimeSpan span, Func<UpsEvidence, bool>? also = null)
    {
        var supply = Supply(hostId);
        var power = Feeds(hostId)
            .Where(f =>
                _state.Upses.TryGetValue(f.UpsId, out var ups)
                && ups.OnLine
                && Now - ups.OnLineSince >= span
                && (also?.Invoke(ups) ?? true)
            )
            .Sum(f => f.PowerValue);
        return power >= supply.Needed;
    }

    /// <summary>What a battery must give before this step begins.</summary>
    /// <param name="ReserveSeconds">For the boot and the next shutdown; 0: not asked for, or not known.</param>
    private sealed record Gate(double ChargePercent, double RuntimeSeconds, double ReserveSeconds);

    private Gate GateOf(StepState step)
    {
        var startup = Plan.Startup;
        var own = Plan.Phases.Concat(startup.Phases).FirstOrDefault(p => p.Id == step.Phase)?.MinChargePercent;
        return new(own ?? startup.MinChargePercent ?? 0, startup.MinRuntimeSeconds ?? 0, ReserveFor(step));
    }

    /// <summary>E3: enough supplies on line, stable, and each with enough for the boot and the next shutdown.</summary>
    private bool GatePasses(StepState step)
    {
        var hostId = FedAs(step.Target);
        if (_gates.TryGetValue((step.Phase, hostId), out var passes))
            return passes;
        passes = !CutAwaits(hostId) && OnLineFor(hostId, StableMains);
        if (passes)
        {
            var gate = GateOf(step);
            passes = OnLineFor(hostId, StableMains, ups => Lacks(ups, gate) is null);
        }
        return _gates[(step.Phase, hostId)] = passes;
    }

    /// <summary>One answer for a phase and a host within a step of the engine.</summary>
    private readonly Dictionary<(string Phase, int HostId), bool> _gates = [];

    /// <summary>What this UPS lacks of a gate, or null.</summary>
    private Sentence? Lacks(UpsEvidence ups, Gate gate)
    {
        var (charge, runtime) = (ups.Last?.BatteryChargePercent, RuntimeAsBefore(ups));
        var waited = Now - ups.OnLineSince >= TimeSpan.FromSeconds(Plan.Startup.UnknownChargeWaitSeconds);
        var name = ups.Policy.Name;
        if (gate.ChargePercent > 0 && charge < gate.ChargePercent)
            return Sentence.Of(
                $"{name} to reach {gate.ChargePercent.ToString("0", Words.Culture)} % charge (now {charge.Value.ToString("0", Words.Culture)} %)"
            );
        if (runtime < gate.RuntimeSeconds)
            return Sentence.Of(
                $"{name} to reach {Words.Duration(gate.RuntimeSeconds)} of runtime (now {Words.Duration(runtime.Value)} at the load before the outage)"
            );
        var worn = charge > 0 && runtime * 100 / charge < gate.ReserveSeconds;
        var blind = charge is null && waited;
        if (runtime < gate.ReserveSeconds && !(worn && charge >= WornPercent) && !blind)
            return Sentence.Of(
                $"{name} to have enough for the start and the next shutdown, {Words.Duration(gate.ReserveSeconds)} (now {Words.Duration(runtime.Value)})"
            );
        var asked = gate.ChargePercent > 0 || (gate.RuntimeSeconds > 0 && runtime is null);
        return charge is null && asked && !waited
            ? Sentence.Of(
                $"{name}, whose charge is unknown, to be on line for {Words.Duration(Plan.Startup.UnknownChargeWaitSeconds)}"
            )
            : null;
    }

    /// <summary>Runtime at the load before the outage: machines that are off flatter it (E3).</summary>
    private double? RuntimeAsBefore(UpsEvidence ups)
    {
        double? before =
            _state.Cycle?.LoadBefore.TryGetValue(ups.Policy.UpsId, out var load) == true ? load : ups.UsualLoadPercent;
        var factor = ups.Last?.LoadPercent < before ? ups.Last.LoadPercent / before : 1;
        return ups.Last?.BatteryRuntimeSeconds * factor;
    }

    /// <summary>What the next targets wait at, one gate for each host and phase.</summary>
    internal IReadOnlyList<GateView> Gates()
    {
        var steps = Run is { Kind: RunKind.Startup } run
            ? run.Steps
            :
            [
                .. StartList(everything: false, byPerson: _state.Cycle?.StartWanted == true)
                    .Where(s => !ObservedUp(s.Target)),
            ];
        var open = steps.Where(s => s.Status == StepStatus.Pending).ToList();
        var first = open.Select(s => s.PhaseIndex).DefaultIfEmpty().Min();
        return [.. open.Where(s => s.PhaseIndex == first).DistinctBy(s => FedAs(s.Target)).Select(ViewOfGate)];
    }

    private GateView ViewOfGate(StepState step)
    {
        var (gate, hostId) = (GateOf(step), FedAs(step.Target));
        var upses = Model
            .SuppliesOf(Model.Hosts.GetValueOrDefault(hostId))
            .Select(s => _state.Upses.GetValueOrDefault(s.UpsId))
            .OfType<UpsEvidence>()
            .OrderByDescending(u => u.OnLine)
            .ThenByDescending(u => u.Last?.BatteryChargePercent)
            .ToList();
        var best = upses.FirstOrDefault();
        var runtime = Math.Max(gate.RuntimeSeconds, gate.ReserveSeconds);
        var has = Sentence.Join(", ", upses.Select(HasOf));
        Sentence? waits = StartGatePasses(step)
            ? null
            : upses
                .Where(u => u.OnLine && Now - u.OnLineSince >= StableMains)
                .Select(u => Lacks(u, gate))
                .FirstOrDefault(l => l is not null)
                ?? Sentence.Of(
                    $"mains to be stable for {Words.Duration(StableMains.TotalSeconds)} (now {Words.Duration(best?.OnLine == true ? (Now - best.OnLineSince)?.TotalSeconds ?? 0 : 0)})"
                );
        return new(
            step.Phase,
            step.Target,
            $"{Words.Duration(StableMains.TotalSeconds)} of stable mains, {gate.ChargePercent.ToString("0", Words.Culture)} % charge, {Words.Duration(runtime)} of runtime",
            has,
            waits
        );
    }

    private Sentence HasOf(UpsEvidence ups)
    {
        var charge = ups.Last?.BatteryChargePercent is { } c
            ? Sentence.Of($"{c.ToString("0", Words.Culture)} %")
            : Sentence.Of($"charge unknown");
        var runtime = RuntimeAsBefore(ups) is { } r
            ? Sentence.Of($"{Words.Duration(r)}")
            : Sentence.Of($"runtime unknown");
        return ups.OnLine
            ? Sentence.Of($"{ups.Policy.Name}: on line, {charge}, {runtime}")
            : Sentence.Of($"{ups.Policy.Name}: not on line");
    }
}
