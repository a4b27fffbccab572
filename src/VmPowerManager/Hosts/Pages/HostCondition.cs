using VmPowerManager.Components;
using VmPowerManager.Protocols;

namespace VmPowerManager.Hosts.Pages;

/// <summary>How hosts and guests are, in the conditions and words of every screen. Words are keys of
/// <see cref="Strings"/>.</summary>
public static class HostCondition
{
    /// <summary>A listing is made every minute: one that is older than three of them is stale.</summary>
    public const double StaleAfterSeconds = 200;

    /// <summary>Answers, is up and starts no guests, does not answer (and in which way), or was never seen.</summary>
    public static (Condition Condition, string Word) Of(HostSnapshot host) =>
        host switch
        {
            { Fault: not null } => (Of(host.FaultKind), Word(host.FaultKind)),
            { RefreshedAt: null } => (Condition.Unknown, "Not seen yet"),
            { NotReady: not null } => (Condition.Attention, "Not ready"),
            _ => (Condition.Normal, "Answers"),
        };

    /// <summary>What is shown of its guests is what they are. If not, it is what they last were.</summary>
    public static bool IsCurrent(HostSnapshot host) => host is { Fault: null, RefreshedAt: not null };

    /// <summary>As <see cref="Of(GuestState)"/>, for a guest of that host: nobody knows how a guest is whose host cannot be
    /// read.</summary>
    public static (Condition? Condition, string Word) Of(GuestState state, HostSnapshot host) =>
        IsCurrent(host)
            ? Of(state)
            : (
                Condition.Unknown,
                state switch
                {
                    GuestState.Running => "Was running",
                    GuestState.Paused => "Was paused",
                    GuestState.Saved => "Was saved",
                    GuestState.Off => "Was off",
                    _ => "State unknown",
                }
            );

    /// <summary>A null condition is neither good nor bad: off and saved guests are at rest, and may well be meant to be.</summary>
    public static (Condition? Condition, string Word) Of(GuestState state) =>
        state switch
        {
            GuestState.Running => (Condition.Normal, "Running"),
            GuestState.Paused => (Condition.Attention, "Paused"),
            GuestState.Saved => (null, "Saved"),
            GuestState.Off => (null, "Off"),
            _ => (Condition.Unknown, "State unknown"),
        };

    /// <summary>An absent agent is no fault: the guest is asked by ACPI then.</summary>
    public static string Word(AgentState agent) =>
        agent switch
        {
            AgentState.Running => "Agent running",
            AgentState.Absent => "No agent",
            AgentState.Silent => "Agent does not answer",
            _ => "Agent unknown",
        };

    public static Condition Of(HostCheckState check) =>
        check switch
        {
            HostCheckState.Ok => Condition.Normal,
            HostCheckState.Warning => Condition.Attention,
            _ => Condition.Critical,
        };

    /// <summary>Another key than the pinned one may be another machine: nothing is told to it until a person has looked.</summary>
    private static Condition Of(DeviceFault? fault) =>
        fault == DeviceFault.TrustChanged ? Condition.Critical : Condition.Attention;

    private static string Word(DeviceFault? fault) =>
        fault switch
        {
            null => "Not usable",
            DeviceFault.Unreachable => "Does not answer",
            DeviceFault.Timeout => "Too slow",
            DeviceFault.AuthenticationFailed => "Login failed",
            DeviceFault.TrustChanged => "Key changed",
            _ => "Cannot be read",
        };
}
