using VmPowerManager.Core;
using VmPowerManager.Protocols;

namespace VmPowerManager.Hosts;

/// <summary>The checks that every management controller has: <c>connect</c>, <c>login</c>, <c>power</c>,
/// <c>restorePolicy</c>.</summary>
internal static class BmcChecks
{
    /// <summary>What a fault says about how far it came.</summary>
    public static HostCheck Of(DeviceException e) =>
        new(
            e.Fault switch
            {
                DeviceFault.TrustChanged => CheckNames.Certificate,
                DeviceFault.AuthenticationFailed => CheckNames.Login,
                DeviceFault.Refused => CheckNames.Power,
                _ => CheckNames.Connect,
            },
            HostCheckState.Failed,
            Sentence.Verbatim(e.Message)
        );

    public static IEnumerable<HostCheck> Of(BmcState state, WakeDevice host)
    {
        yield return state.Power switch
        {
            BmcPower.Unknown => new(
                CheckNames.Power,
                HostCheckState.Warning,
                $"it does not say whether the machine has power"
            ),
            BmcPower.Off => new(CheckNames.Power, HostCheckState.Ok, $"the machine is off"),
            _ => new(CheckNames.Power, HostCheckState.Ok, $"the machine is on"),
        };
        var (policy, trouble) = Meaning(state.Policy, host.RunsManager);
        yield return new(CheckNames.RestorePolicy, trouble ? HostCheckState.Warning : HostCheckState.Ok, policy);
    }

    /// <summary>What the setting means for a plan (field/protocols 4.11, POLICY E).</summary>
    private static (Sentence Words, bool Trouble) Meaning(RestorePolicy policy, bool runsManager) =>
        (policy, runsManager) switch
        {
            (RestorePolicy.StaysOff, false) => (
                Sentence.Of($"always off: it stays off when its power returns, and is started by the plan, in order"),
                false
            ),
            (RestorePolicy.LastState, false) => (
                Sentence.Of(
                    $"last state: shut down in order it stays off when its power returns, and is started by the plan; torn down by a loss of power it starts by itself"
                ),
                false
            ),
            (RestorePolicy.TurnsOn, false) => (
                Sentence.Of(
                    $"always on: it starts by itself as soon as its power returns, perhaps before the storage that it needs; \"always off\" or \"last state\" leaves the order to the plan"
                ),
                true
            ),
            (RestorePolicy.TurnsOn, true) => (
                Sentence.Of(
                    $"always on: it starts by itself when its power returns, as the host of this program has to"
                ),
                false
            ),
            (RestorePolicy.StaysOff or RestorePolicy.LastState, true) => (
                Sentence.Of(
                    $"this program runs on it, and nobody starts it when its power returns: set its power restore policy to \"always on\""
                ),
                true
            ),
            _ => (
                Sentence.Of($"it does not tell what the machine does when its power returns: look into its setup"),
                true
            ),
        };
}
