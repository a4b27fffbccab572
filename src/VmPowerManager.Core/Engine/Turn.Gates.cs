using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Engine;

/// <summary>What a startup waits for (POLICY D1, E3).</summary>
internal sealed partial class Turn
{
    /// <summary>Time that mains must be stable before startup; flapping doubles it, thirty minutes at most (D1).</summary>
    private TimeSpan StableMains
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
        var feeds = Model.SuppliesOf(Model.Hosts.GetValueOrDefault(hostId));
        var power = feeds
            .Where(f =>
                _state.Upses.TryGetValue(f.UpsId, out var ups)
                && ups.OnLine
                && Now - ups.OnLineSince >= span
                && (also?.Invoke(ups) ?? true)
            )
            .Sum(f => f.PowerValue);
        return power >= supply.Needed;
    }

    /// <summary>E3: enough supplies on line, stable, and each with enough for the boot and the next shutdown.</summary>
    private bool GatePasses(int hostId) => OnLineFor(hostId, StableMains, Ready);

    private bool Ready(UpsEvidence ups)
    {
        var gate = Plan.Startup;
        var stable = Now - ups.OnLineSince >= TimeSpan.FromSeconds(gate.UnknownChargeWaitSeconds);
        var charge = ups.Last?.BatteryChargePercent;
        if (gate.MinChargePercent is { } percent && percent > 0 && !(charge is { } c ? c >= percent : stable))
            return false;
        if (gate.MinRuntimeSeconds is not { } seconds || seconds <= 0)
            return true;
        // Runtime at the load before the outage: machines that are off flatter it (E3).
        double? before =
            _state.Cycle?.LoadBefore.TryGetValue(ups.Policy.UpsId, out var load) == true ? load : ups.UsualLoadPercent;
        var factor = ups.Last?.LoadPercent < before ? ups.Last.LoadPercent / before : 1;
        return ups.Last?.BatteryRuntimeSeconds * factor is { } runtime
            ? runtime >= seconds
            : charge is not null || stable;
    }

    private Reasons GateValues()
    {
        var best = _state
            .Upses.Values.Where(u => u.OnLine)
            .MaxBy(u => u.OnLineSince is { } since ? Now - since : TimeSpan.Zero);
        return Reasons.Of(
            $"mains is back and stable",
            ("stableSeconds", (Now - best?.OnLineSince)?.TotalSeconds.ToString("0", Words.Culture)),
            ("chargePercent", best?.Last?.BatteryChargePercent?.ToString("0", Words.Culture)),
            ("runtimeSeconds", best?.Last?.BatteryRuntimeSeconds?.ToString("0", Words.Culture))
        );
    }
}
