using System.Globalization;
using Microsoft.Extensions.Localization;
using VmPowerManager.Components;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Runs.Pages;

/// <summary>What actions, kinds, reasons and ends are called. Pure but for the language.</summary>
public static class RunWords
{
    public static string Action(IStringLocalizer<Strings> l, StepAction action) =>
        action switch
        {
            StepAction.Shutdown => l["Shut down"],
            StepAction.Save => l["Save to disk"],
            StepAction.ForceOff => l["Force off"],
            StepAction.Command => l["Command"],
            StepAction.CutOutput => l["Cut output"],
            StepAction.Start => l["Start"],
            StepAction.Wake => l["Wake"],
            StepAction.WaitUntil => l["Wait until"],
            StepAction.BmcOff => l["Cut its power by BMC"],
            _ => action.ToString(),
        };

    public static string Kind(IStringLocalizer<Strings> l, RunKind kind) =>
        kind switch
        {
            RunKind.Shutdown => l["Shutdown"],
            RunKind.Startup => l["Startup"],
            _ => l["Rehearsal"],
        };

    /// <summary>Who or what began it.</summary>
    public static string Cause(IStringLocalizer<Strings> l, RunState run) =>
        (run.Cause, run.Kind) switch
        {
            (RunCause.Outage, RunKind.Startup) => l["after the outage"],
            (RunCause.Outage, _) => l["for the outage"],
            (RunCause.Planned, _) => l["as planned"],
            (RunCause.Drill, _) => l["as a drill"],
            _ => run.Actor is { } actor ? l["asked for by {0}", actor] : l["asked for by a person"],
        };

    /// <summary>A value of <see cref="RunState.DecidedBy"/> with its unit: <c>runtimeSeconds 1740</c> is "runtime 29 min".</summary>
    public static (string Name, string Value) Reason(IStringLocalizer<Strings> l, string name, string value)
    {
        var known = double.TryParse(value, CultureInfo.InvariantCulture, out var number);
        if (known && name.EndsWith("Seconds", StringComparison.Ordinal))
            return (l[Spaced(name[..^7])], Durations.Words(number));
        if (known && name.EndsWith("Percent", StringComparison.Ordinal))
            return (l[Spaced(name[..^7])], $"{number.ToString("0.#", CultureInfo.CurrentCulture)} %");
        return (l[Spaced(name)], value);
    }

    /// <summary>What became of it, in a sentence; null while it goes on.</summary>
    public static string? Outcome(IStringLocalizer<Strings> l, RunState run)
    {
        if (run.EndedAt is not { } ended)
            return null;
        var at = RunProgress.Of(run);
        var took = Durations.Text((ended - run.StartedAt).TotalSeconds);
        var bad = at.Bad == 0 ? "" : " " + l["{0} failed or unknown: look at them below.", at.Bad].Value;
        var said = run.Outcome is { } outcome ? " " + l.Say(outcome) : "";
        return run.Kind switch
            {
                RunKind.Shutdown => l["{0} of {1} went down in {2}.", at.Done, at.Total, took],
                RunKind.Startup => l["{0} of {1} came back in {2}.", at.Done, at.Total, took],
                _ => l["{0} of {1} are ready. Nothing was changed.", at.Done, at.Total],
            }
            + bad
            + said;
    }

    /// <summary>What a phase waits for.</summary>
    public static string Trigger(IStringLocalizer<Strings> l, TriggerDefinition trigger)
    {
        string?[] any =
        [
            trigger.RuntimeBelowSeconds is { } r ? l["runtime below {0}", Durations.Words(r)].Value : null,
            trigger.ChargeBelowPercent is { } c ? l["charge below {0} %", c].Value : null,
            trigger.OnBatteryForSeconds is { } s ? l["{0} on battery", Durations.Words(s)].Value : null,
            trigger.DepletionAbovePercentPerMinute is { } d ? l["losing over {0} % a minute", d].Value : null,
            trigger.LowBattery ? l["battery low"].Value : null,
            trigger.Auto ? l["the latest moment that fits"].Value : null,
        ];
        return string.Join(" " + l["or"] + " ", any.OfType<string>());
    }

    /// <summary><c>onBattery</c> is "On battery".</summary>
    private static string Spaced(string camel) =>
        string.Concat(
            camel.Select(
                (c, i) =>
                    i == 0 ? $"{char.ToUpperInvariant(c)}"
                    : char.IsUpper(c) ? $" {char.ToLowerInvariant(c)}"
                    : $"{c}"
            )
        );
}
