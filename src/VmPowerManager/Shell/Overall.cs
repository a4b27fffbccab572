using VmPowerManager.Components;
using VmPowerManager.Core.Power;
using VmPowerManager.Runs;
using VmPowerManager.Ups;
using VmPowerManager.Ups.Pages;

namespace VmPowerManager.Shell;

/// <summary>The whole house in one condition and one word (a key of <see cref="Strings"/>).</summary>
public sealed record Overall(Condition Condition, string Word)
{
    public static Overall Of(IEnumerable<UpsStreamView> upses, IEnumerable<PlanScreen> plans)
    {
        var watched = upses.Where(u => u.Enabled).ToList();
        var stages = plans.Select(p => p.State.Stage).ToHashSet();
        return stages switch
        {
            _ when stages.Contains("shuttingDown") => new(Condition.Critical, "Shutting down"),
            _ when watched.Any(u => u.Reading is { Critical: true }) => new(Condition.Critical, "Power is critical"),
            _ when stages.Contains("down") => new(Condition.Critical, "Machines are down"),
            _ when watched.Any(u => u.Reading is { OnBattery: true }) => new(Condition.Attention, "On battery"),
            _ when stages.Contains("startingUp") => new(Condition.Working, "Starting up"),
            _ when stages.Contains("waiting") => new(Condition.Working, "Waiting for stable mains"),
            _ when stages.Contains("stopped") => new(Condition.Attention, "Machines wait for a person"),
            _ when stages.Contains("held") => new(Condition.Attention, "On hold"),
            _ when stages.Contains("maintenance") => new(Condition.Attention, "A plan is in maintenance"),
            _ when watched.Count == 0 => new(Condition.Unknown, "No UPS yet"),
            _ when watched.Any(u => u.Reading is null or { Comm: not Comm.Ok }) => new(
                watched.All(u => u.Reading is null or { Comm: not Comm.Ok }) ? Condition.Unknown : Condition.Attention,
                "No data from a UPS"
            ),
            // Neither on mains nor on battery, or on mains with something that asks for a person: not fine.
            _ when watched.Any(u => UpsCondition.Of(u) == Condition.Unknown) => new(
                watched.All(u => UpsCondition.Of(u) == Condition.Unknown) ? Condition.Unknown : Condition.Attention,
                "State of a UPS unknown"
            ),
            _ when watched.Any(u => UpsCondition.Of(u) is Condition.Attention or Condition.Critical) => new(
                Condition.Attention,
                "A UPS needs a look"
            ),
            _ => new(Condition.Normal, "Power is fine"),
        };
    }
}
