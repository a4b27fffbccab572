using System.Collections.Immutable;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Engine;

/// <summary>Puts an explanation together (F9). One at a time: it is asked for every second of each plan.</summary>
internal sealed partial class Explainer
{
    private readonly PlanModel _model;
    private readonly PlanState _state;
    private readonly Moment _now;

    /// <summary>The supplies of the target that is worst off, or of the plan itself.</summary>
    private readonly SupplyView _worst;
    private readonly HostModel? _worstHost;
    private readonly string _stage;
    private readonly List<Sentence> _said = [];
    private readonly List<string> _rules = [];
    private NextEvent? _next;

    public Explainer(PlanModel model, PlanState state, Moment now)
    {
        (_model, _state, _now) = (model, state, now);
        _worst = model.PlanSupply(state.Upses, now.Elapsed);
        foreach (var host in model.Hosts.Values)
        {
            var supply = model.SupplyOf(host, state.Upses, now.Elapsed);
            if (
                Badness(supply).CompareTo(Badness(_worst)) > 0
                || _worstHost is null && Badness(supply) == Badness(_worst)
            )
                (_worst, _worstHost) = (supply, host);
        }
        _stage = Stage();
    }

    private static (bool, TimeSpan) Badness(SupplyView supply) => (supply.IsCritical, supply.OnBatteryFor);

    private PlanDefinition Plan => _model.Definition;
    private RunState? Run => _state.Run;
    private IEnumerable<UpsEvidence> Upses => _state.Upses.Values;

    private bool OnBattery => _worst.Failing || Upses.Any(u => u.OnBatterySeen);

    /// <summary>With enough other supplies a confirmed loss leads to nothing (B5).</summary>
    private bool Threatened => _worst.Failing || !Upses.Any(u => u.OnBattery);

    private double? Runtime => _worst.TimeLeftSeconds ?? Upses.Select(u => u.RuntimeSeconds(_now.Elapsed)).Min();

    public Explanation Explain()
    {
        var next =
            _stage is "onBattery" or "held" or "maintenance" or "shuttingDown" && OnBattery && Threatened
                ? NextPhase()
                : null;
        SayStage(next);
        SayBesides();
        var estimated = Upses.Any(u => u.Estimated(_now.Elapsed).Contains("batteryRuntimeSeconds"));
        return new Explanation
        {
            Stage = _stage,
            Sentence = _said.Count == 1 ? _said[0] : Sentence.Join(" ", _said),
            EffectiveRuntimeSeconds = Runtime,
            RuntimeSource =
                Runtime is null ? "assumed"
                : estimated ? "extrapolated"
                : "measured",
            Next = next,
            NextEvent = _next,
            Rules = [.. _rules.Distinct(StringComparer.Ordinal)],
            Figures = Figures(),
        };
    }

    private string Stage() =>
        _state switch
        {
            { Run.Kind: RunKind.Rehearsal } => "rehearsing",
            { Run.Cause: RunCause.Drill } => "drilling",
            { Run.Kind: RunKind.Shutdown } => "shuttingDown",
            { Run.Kind: RunKind.Startup } => "startingUp",
            { Hold: not null } => "held",
            { Maintenance.Whole: true } => "maintenance",
            { Cycle: { Settling: true } } when _worst.OnMains => "normal",
            { Cycle: { Acted: true, StartWanted: false } c } when _worst.OnMains && (c.Manual || c.StartFailed) =>
                "stopped",
            { Cycle.WaitingSince: not null } => "waiting",
            { Cycle.Acted: true } => _worst.OnMains ? "waiting" : "down",
            _ when _worst.Failing => "onBattery",
            _ when Upses.Any(u => u.OnBatterySeen) => "onBattery",
            _ when _model.Upses.Count > 0 && Upses.All(u => u.Untrusted) => "unknown",
            _ => "normal",
        };

    private void SayStage(NextPhase? next)
    {
        switch (_stage)
        {
            case "held":
                SayHeld();
                if (OnBattery)
                    SayBattery(next);
                break;
            case "onBattery":
            case "maintenance" when OnBattery:
                SayBattery(next);
                break;
            case "drilling" when Run is { } run:
                Say(
                    $"Fire drill: {run.Steps[0].Target.Name} is stopped and started again, nothing else is touched.",
                    "F1"
                );
                break;
            case "shuttingDown" when Run is { } run:
                SayShutdown(run, next);
                break;
            case "startingUp" when Run is { } run:
                SayStartup(run);
                return;
            case "rehearsing" when Run is { } run:
                var (done, all) = Progress(run);
                Say($"Rehearsing: {done} of {all} checked. Nothing is changed.", "F1");
                return;
            case "stopped":
                SayStopped();
                break;
            case "down":
                Say($"Down, waiting for mains.", "D1");
                break;
            case "waiting":
                SayWaiting();
                return;
            case "unknown":
                Say(
                    $"No UPS of this plan gives a reading that can be trusted; that alone shuts nothing down.",
                    "A2",
                    "I7"
                );
                return;
            default:
                Say($"On mains.", "A3");
                break;
        }
        Say($"{_worst.Good:0.##} of {_worst.Needed:0.##} supplies needed are good.", "B1");
    }

    private void Say(Sentence sentence, params string[] rules)
    {
        _said.Add(sentence);
        _rules.AddRange(rules);
    }

    /// <summary>What comes first counts: events are announced in the order of their weight.</summary>
    private void Announce(Sentence what, double? inSeconds, Sentence? because = null) =>
        _next ??= new NextEvent(what, inSeconds, because);

    private static (int Done, int All) Progress(RunState run)
    {
        var steps = run.Steps.Where(s => s.Selected).ToList();
        return (steps.Count(s => s.Terminal), steps.Count);
    }

    /// <summary>Seconds until a time that has not come yet, else 0.</summary>
    private double Left(TimeSpan due) => Math.Max(0, (due - _now.Elapsed).TotalSeconds);

    private static string Clock(double seconds) => Words.Clock(TimeSpan.FromSeconds(seconds));

    /// <summary>Names in a row, the first few of many.</summary>
    private static Sentence Names(List<string> names, int most = 3) =>
        names.Count <= most
            ? Sentence.Verbatim(string.Join(", ", names))
            : Sentence.Of($"{string.Join(", ", names.Take(most))} and {names.Count - most} more");

    private ImmutableSortedDictionary<string, string> Figures() =>
        Values.Of(
            ("target", _worst.Failing ? _worstHost?.Name : null),
            ("onBatterySeconds", _worst.Failing ? _worst.OnBatteryFor.TotalSeconds.ToString("0", Words.Culture) : null),
            ("runtimeSeconds", Runtime?.ToString("0", Words.Culture)),
            ("chargePercent", Charge?.ToString("0", Words.Culture)),
            ("suppliesGood", _worst.Good.ToString("0.##", Words.Culture)),
            ("suppliesNeeded", _worst.Needed.ToString("0.##", Words.Culture)),
            ("suppliesUnknown", _worst.Unknown > 0 ? _worst.Unknown.ToString("0.##", Words.Culture) : null)
        );

    private double? Charge => _worst.ChargePercent ?? Upses.Select(u => u.ChargePercent(_now.Elapsed)).Min();
}
