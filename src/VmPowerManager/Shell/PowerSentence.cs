using Microsoft.Extensions.Localization;
using VmPowerManager.Components;
using VmPowerManager.Core.Power;
using VmPowerManager.Runs;
using VmPowerManager.Ups;
using VmPowerManager.Ups.Pages;

namespace VmPowerManager.Shell;

/// <summary>The dashboard's first line: how the power is, how long it would last, and whether the plans are ready for it.</summary>
internal static class PowerSentence
{
    public static string Of(
        IReadOnlyCollection<UpsStreamView> upses,
        IReadOnlyCollection<PlanScreen> plans,
        IStringLocalizer l
    )
    {
        var watched = upses.Where(u => u.Enabled).ToList();
        if (watched.Count == 0)
            return l["No UPS is watched yet: add one, and this line tells how your power is."];
        // A plan that acts knows best what is going on.
        if (
            plans.FirstOrDefault(p => p.State.Stage is not ("normal" or "unknown" or "rehearsing" or "drilling")) is
            { } busy
        )
            return l[
                "{0}: {1}",
                busy.Name,
                l.Say(busy.State.Told?.Sentence) is { Length: > 0 } said ? said : busy.State.Explanation
            ];
        return $"{Power(watched, l)}; {Plans(plans, l)}";
    }

    private static string Power(List<UpsStreamView> watched, IStringLocalizer l)
    {
        var onBattery = watched.Where(u => u.Reading is { OnBattery: true }).ToList();
        var silent = watched.Where(u => u.Reading is null or { Comm: not Comm.Ok }).ToList();
        var runtime = Runtime(onBattery.Count > 0 ? onBattery : watched, l);
        if (onBattery.Count > 0)
            return l["{0} on battery, {1}", Names(onBattery, l), runtime];
        var online = watched.Count(u => u.Reading is { Comm: Comm.Ok } r && r.Status.Contains("OL"));
        if (silent.Count > 0)
            return l["No data from {0}; {1} of {2} UPSes on mains", Names(silent, l), online, watched.Count];
        if (online < watched.Count)
            return l["{0} of {1} UPSes on mains, {2}", online, watched.Count, runtime];
        if (watched.FirstOrDefault(NeedsALook) is { } odd)
            return l[
                "{0} of {1} UPSes on mains, {2}, but {3}: {4}",
                online,
                watched.Count,
                runtime,
                UpsName.Of(odd, l),
                l[UpsCondition.Word(odd)]
            ];
        return watched.Count == 1
            ? l["All power is fine: {0} is on mains, {1}", UpsName.Of(watched[0], l), runtime]
            : l["All power is fine: {0} UPSes on mains, {1}", watched.Count, runtime];
    }

    private static bool NeedsALook(UpsStreamView ups) =>
        UpsCondition.Of(ups) is Condition.Attention or Condition.Critical or Condition.Unknown;

    /// <summary>What a silent UPS said last is not its runtime now.</summary>
    private static string Runtime(List<UpsStreamView> upses, IStringLocalizer l)
    {
        var known = upses
            .Where(u => u.Reading is { Comm: Comm.Ok })
            .Select(u => u.Reading?.BatteryRuntimeSeconds)
            .OfType<double>()
            .ToList();
        return known.Count == 0 ? l["runtime unknown"]
            : known.Count < upses.Count ? l["{0} of runtime where it is known", Durations.Words(known.Min())]
            : l["{0} of runtime", Durations.Words(known.Min())];
    }

    private static string Plans(IReadOnlyCollection<PlanScreen> plans, IStringLocalizer l)
    {
        if (plans.Count == 0)
            return l["there is no plan: nothing would be shut down."];
        var armed = plans.Where(p => p.State.Armed).ToList();
        if (armed.Count == 0)
            return plans.Count == 1
                ? l["{0} is not armed: nothing would be shut down.", plans.First().Name]
                : l["no plan is armed: nothing would be shut down."];
        var tightest = armed.MinBy(p => p.Forecast.MarginSeconds ?? double.MaxValue) ?? armed[0];
        return tightest.Forecast.MarginSeconds switch
        {
            null => l["{0} is armed; whether it fits is not known.", tightest.Name],
            < 0 => l[
                "{0} is armed but does not fit: it may need {1}, and the batteries give {2}.",
                tightest.Name,
                Durations.Words(tightest.Forecast.NeededSeconds),
                Durations.Words(tightest.Forecast.AvailableSeconds ?? 0)
            ],
            { } margin when armed.Count == 1 => l[
                "{0} is armed and fits with {1} to spare.",
                tightest.Name,
                Durations.Words(margin)
            ],
            { } margin => l["{0} plans are armed and fit with {1} to spare.", armed.Count, Durations.Words(margin)],
        };
    }

    private static string Names(List<UpsStreamView> upses, IStringLocalizer l) =>
        string.Join(", ", upses.Select(u => UpsName.Of(u, l)));
}
