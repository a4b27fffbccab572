using System.Collections.Immutable;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>Load shedding: a first phase that mains undoes at once.</summary>
internal sealed partial class Turn
{
    /// <summary>The last phase that <see cref="Select"/> found triggered; -1: none.</summary>
    private int _lastTriggered = -1;

    /// <summary>All that its own trigger has begun is load shedding; what that takes along is as reversible.</summary>
    private bool OnlySheds(ImmutableArray<StepState> steps, int lastTriggered) =>
        lastTriggered >= 0
        && !AnyCritical(steps)
        && Plan.Phases.Take(lastTriggered + 1).All(p => p.Kind == PhaseKind.Shed);

    /// <summary>A normal phase begins in a run that only shed load so far: from here on it is a shutdown.</summary>
    private void EndShedding(RunState run, Reasons because)
    {
        SetRun(run with { ShedOnly = false, Because = because.Because, DecidedBy = because.Data });
        if (_state.Cycle is { } cycle)
            _state = _state with { Cycle = cycle with { ShedOnly = false } };
        Tell(
            "run.goesOn",
            NoticeLevel.Critical,
            $"The shutdown of \"{Plan.Name}\" goes on beyond load shedding: {because.Because}."
        );
    }

    /// <summary>What only was shed comes back as soon as mains is back (D1): it stood off to save the battery for others,
    /// and asks for no charge of its own. Flapping mains must be stable all the same.</summary>
    private bool StartGatePasses(StepState step) =>
        _state.Cycle is { ShedOnly: true }
            ? OnLineFor(FedAs(step.Target), IsFlapping ? StableMains : TimeSpan.FromSeconds(Plan.ReturnConfirmSeconds))
            : GatePasses(step);

    private bool IsFlapping => _state.Outages.Length >= 3;
}
