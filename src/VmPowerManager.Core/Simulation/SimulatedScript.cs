using System.Collections.Immutable;

namespace VmPowerManager.Core.Simulation;

/// <summary>A moment that a script can wait for.</summary>
public enum SimulatedMoment
{
    OnBattery,
    LowBattery,
    OutputOff,
    OutputOn,

    /// <summary>A countdown to switching off runs.</summary>
    CutPending,
    Charged,
}

/// <summary>One step: waits until <see cref="Until"/> is so, then <see cref="AfterSeconds"/> more, then changes something
/// or runs a command.</summary>
public sealed record SimulatedStep
{
    public double AfterSeconds { get; init; }
    public SimulatedMoment? Until { get; init; }

    /// <summary>Gives up waiting for <see cref="Until"/> after this many seconds and does its part; null waits for ever.</summary>
    public double? AtMostSeconds { get; init; }
    public SimulatedChange? Change { get; init; }

    /// <summary>One of <see cref="SimulatedUps.Commands"/>; what the device refuses is passed over.</summary>
    public string? Command { get; init; }

    internal bool IsMet(SimulatedUps ups, TimeSpan waited) =>
        Until is not { } moment || Is(ups, moment) || waited.TotalSeconds >= AtMostSeconds;

    internal bool IsDue(TimeSpan waited) => waited.TotalSeconds >= AfterSeconds;

    internal SimulatedUps Do(SimulatedUps ups)
    {
        var changed = Change is null ? ups : ups.Apply(Change);
        return Command is null ? changed : changed.Execute(Command, null) ?? changed;
    }

    private static bool Is(SimulatedUps ups, SimulatedMoment moment) =>
        moment switch
        {
            SimulatedMoment.OnBattery => ups.IsOnBattery,
            SimulatedMoment.LowBattery => ups.IsLow,
            SimulatedMoment.OutputOff => !ups.IsOutputOn,
            SimulatedMoment.OutputOn => ups.IsOutputOn,
            SimulatedMoment.CutPending => ups.Cut is not null,
            _ => ups.Charge >= 1,
        };
}

/// <summary>What happens to a UPS, in order.</summary>
public sealed record SimulatedScript(string Name, ImmutableArray<SimulatedStep> Steps)
{
    public const int MostSteps = 200;
    private const double LongestWait = 86_400;

    /// <summary>What is wrong with it, by field; empty where it can run.</summary>
    public IEnumerable<(string Field, string Message)> Problems()
    {
        if (Steps.IsDefaultOrEmpty || Steps.Length > MostSteps)
        {
            yield return ("steps", $"Must be 1 to {MostSteps} steps.");
            yield break;
        }
        for (var i = 0; i < Steps.Length; i++)
        {
            var step = Steps[i];
            if (!(step.AfterSeconds >= 0 && step.AfterSeconds <= LongestWait))
                yield return ($"steps[{i}].afterSeconds", $"Must be a number from 0 to {LongestWait}.");
            if (step.AtMostSeconds is { } most && !(most >= 0 && most <= LongestWait))
                yield return ($"steps[{i}].atMostSeconds", $"Must be a number from 0 to {LongestWait}.");
            if (step.Command is { } command && !SimulatedUps.Commands.Contains(command))
                yield return ($"steps[{i}].command", $"Must be one of: {string.Join(", ", SimulatedUps.Commands)}.");
            foreach (var (field, message) in step.Change?.Problems() ?? [])
                yield return ($"steps[{i}].change.{field}", message);
        }
    }
}

/// <summary>A script under way.</summary>
/// <param name="Script">What runs.</param>
/// <param name="Next">Index of the step that is waited for.</param>
/// <param name="IsMet">Whether its moment has come, so that its seconds run.</param>
/// <param name="Waited">Time since its moment, or since the step before.</param>
public sealed record SimulatedRun(SimulatedScript Script, int Next, bool IsMet, TimeSpan Waited)
{
    /// <summary>How often a moment is looked for.</summary>
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(0.25);

    public static SimulatedRun Begin(SimulatedScript script) => new(script, 0, false, TimeSpan.Zero);

    public bool IsDone => Next >= Script.Steps.Length;

    /// <summary>Lets time pass for the device and the script together.</summary>
    public (SimulatedUps Ups, SimulatedRun Run) Advance(SimulatedUps ups, TimeSpan elapsed)
    {
        var run = this;
        (ups, run) = run.DoDue(ups);
        for (var left = elapsed; left > TimeSpan.Zero; )
        {
            var slice = run.IsDone || left < Slice ? left : Slice;
            ups = ups.Advance(slice);
            left -= slice;
            (ups, run) = (run with { Waited = run.Waited + slice }).DoDue(ups);
        }
        return (ups, run);
    }

    private (SimulatedUps Ups, SimulatedRun Run) DoDue(SimulatedUps ups)
    {
        var run = this;
        while (!run.IsDone)
        {
            var step = run.Script.Steps[run.Next];
            if (!run.IsMet && step.IsMet(ups, run.Waited))
                run = run with { IsMet = true, Waited = step.Until is null ? run.Waited : TimeSpan.Zero };
            if (!run.IsMet || !step.IsDue(run.Waited))
                break;
            ups = step.Do(ups);
            run = new SimulatedRun(run.Script, run.Next + 1, false, TimeSpan.Zero);
        }
        return (ups, run);
    }
}
