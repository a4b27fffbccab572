using System.Globalization;
using Microsoft.Extensions.Localization;
using VmPowerManager.Components;
using VmPowerManager.Core;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Simulation;
using VmPowerManager.Runs.Pages;

namespace VmPowerManager.Runs.Scenarios.Pages;

/// <summary>What happens in a scenario, in words. Pure but for the language.</summary>
public static class ScenarioWords
{
    public static string Say(IStringLocalizer<Strings> l, Sentence? sentence) => l.Say(sentence);

    /// <summary>One line of the timeline.</summary>
    public static string Of(IStringLocalizer<Strings> l, ScenarioMoment moment) =>
        moment switch
        {
            { Event: { } what } => Of(l, what),
            { Kind: ScenarioMomentKind.Becomes, Hard: true } => l["{0} is cut off", moment.Target ?? ""],
            { Kind: ScenarioMomentKind.Becomes, Power: { } power } => Becomes(l, moment.Target ?? "", power),
            { Kind: ScenarioMomentKind.Asks, Action: { } action } => moment.Text is { } command
                ? $"{RunWords.Action(l, action)}: {moment.Target} ({Say(l, command)})"
                : $"{RunWords.Action(l, action)}: {moment.Target}",
            { Kind: ScenarioMomentKind.Refuses } => l["{0} refuses: {1}", moment.Target ?? "", Say(l, moment.Text)],
            _ => Say(l, moment.Text),
        };

    private static string Becomes(IStringLocalizer<Strings> l, string target, PowerState power) =>
        power switch
        {
            PowerState.Running => l["{0} runs", target],
            PowerState.Off => l["{0} is off", target],
            PowerState.Saved => l["{0} is saved to disk", target],
            PowerState.Paused => l["{0} is paused", target],
            _ => l["{0} is unknown", target],
        };

    public static string Of(IStringLocalizer<Strings> l, ScenarioEvent what) =>
        what switch
        {
            { Ups: { } ups } => Reading(l, ups, what),
            { Person: { } person } => Act(l, person.Length == 0 ? l["Somebody"] : person, what),
            { Host: { } host } => Change(l, host, what.Does),
            { Guest: { } guest } => Change(l, guest, what),
            _ => Manager(l, what),
        };

    private static string Reading(IStringLocalizer<Strings> l, string ups, ScenarioEvent what)
    {
        if (what.Reachable == false)
            return l["{0} is silent", ups];
        string?[] said =
        [
            what.Status is { } status ? Status(l, status) : null,
            what.Charge is { } charge ? l["charge {0:0} %", charge].Value : null,
            what.Runtime is { } runtime ? l["runtime {0}", Durations.Words(runtime)].Value : null,
            what.InputVoltage is { } volts ? l["input {0:0} V", volts].Value : null,
            what.Load is { } load ? l["load {0:0} %", load].Value : null,
            what.Unknown is { IsDefaultOrEmpty: false } gone
                ? l["unknown: {0}", string.Join(", ", gone.Select(g => Value(l, g)))].Value
                : null,
        ];
        var values = string.Join(", ", said.OfType<string>());
        return what.Reachable == true
            ? l["{0} answers again", ups] + (values.Length == 0 ? "" : $": {values}")
            : $"{ups}: {values}";
    }

    private static string Value(IStringLocalizer<Strings> l, string name) =>
        name switch
        {
            "charge" => l["the charge"],
            "runtime" => l["the runtime"],
            "inputVoltage" => l["the input voltage"],
            "load" => l["the load"],
            _ => name,
        };

    /// <summary>How a machine is.</summary>
    public static string Of(IStringLocalizer<Strings> l, PowerState power) =>
        power switch
        {
            PowerState.Running => l["is running"],
            PowerState.Off => l["is off"],
            PowerState.Saved => l["is saved"],
            PowerState.Paused => l["is paused"],
            _ => l["unknown"],
        };

    private static string Status(IStringLocalizer<Strings> l, string status)
    {
        var words = status.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var plain =
            words.Contains("OB") ? l["now on battery"]
            : words.Contains("OL") ? l["now on mains"]
            : null;
        return plain is null ? (status.Length == 0 ? l["no status"] : status) : $"{plain.Value} ({status})";
    }

    private static string Change(IStringLocalizer<Strings> l, string host, ScenarioAct? does) =>
        does switch
        {
            ScenarioAct.Dies => l["{0} loses its power", host],
            ScenarioAct.PowersOn => l["{0} is switched on", host],
            ScenarioAct.Refuses => l["{0} refuses orders from now on", host],
            ScenarioAct.Obeys => l["{0} takes orders again", host],
            ScenarioAct.LocksOut => l["{0} lets nobody log in", host],
            ScenarioAct.LetsIn => l["{0} can be logged in to again", host],
            ScenarioAct.LosesWitness => l["the witness of {0} falls silent", host],
            ScenarioAct.FindsWitness => l["the witness of {0} answers again", host],
            _ => $"{host}: {does}",
        };

    private static string Change(IStringLocalizer<Strings> l, string guest, ScenarioEvent what) =>
        what.Does switch
        {
            ScenarioAct.Moves => l["{0} moves to {1}", guest, what.To ?? ""],
            ScenarioAct.Starts => l["somebody starts {0}", guest],
            ScenarioAct.Stops => l["somebody stops {0}", guest],
            ScenarioAct.Crashes => l["{0} crashes", guest],
            _ => $"{guest}: {what.Does}",
        };

    private static string Act(IStringLocalizer<Strings> l, string person, ScenarioEvent what) =>
        what.Does switch
        {
            ScenarioAct.Cancels => l["{0} cancels the run", person],
            ScenarioAct.Holds => l["{0} holds the plan", person],
            ScenarioAct.Releases => l["{0} releases the plan", person],
            ScenarioAct.Runs => l["{0} asks for: {1}", person, RunWords.Kind(l, what.Run ?? RunKind.Shutdown)],
            ScenarioAct.Starts => l["{0} starts {1}", person, what.Guest ?? ""],
            ScenarioAct.Stops => l["{0} stops {1}", person, what.Guest ?? ""],
            ScenarioAct.Arms => l["{0} arms the plan", person],
            ScenarioAct.Disarms => l["{0} disarms the plan", person],
            _ => $"{person}: {what.Does}",
        };

    private static string Manager(IStringLocalizer<Strings> l, ScenarioEvent what) =>
        what.Does switch
        {
            ScenarioAct.Restarts => l["the manager restarts, away for {0}", Durations.Words(what.AwaySeconds ?? 2)],
            ScenarioAct.Boots => l["the manager's machine boots, away for {0}", Durations.Words(what.AwaySeconds ?? 2)],
            ScenarioAct.Arms => l["the plan is armed"],
            ScenarioAct.Disarms => l["the plan is disarmed"],
            ScenarioAct.Edits => l["the plan is edited"],
            _ => $"{what.Does}",
        };

    /// <summary>A title or a story, in the language of the page.</summary>
    public static string In(BothWords words) => words.In(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName);
}
