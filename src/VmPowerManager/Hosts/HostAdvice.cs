using VmPowerManager.Core;

namespace VmPowerManager.Hosts;

/// <summary>What to do about a check that did not pass. What the check itself says is not said again.</summary>
public static class HostAdvice
{
    /// <summary>Null: it passed, or its own words say what to do.</summary>
    public static Sentence? For(HostCheck check) =>
        check.State == HostCheckState.Ok ? null
        : check.OfWake ? ForWake(check)
        : ForHost(check);

    private static Sentence? ForHost(HostCheck check) =>
        check.Name switch
        {
            "connect" => Sentence.Of(
                $"Look whether it is up, whether its address and port are right, and whether a firewall stands between."
            ),
            "hostKey" or "certificate" when check.State == HostCheckState.Failed => Sentence.Of(
                $"If it was installed anew, or its certificate renewed, compare and approve it on the page of the host. If not, find out who answers there: nothing is told to it until then."
            ),
            "certificate" => Sentence.Of($"Give it an address with https."),
            "login" => Sentence.Of(
                $"Correct the user name and the password, key or token in the settings of the host."
            ),
            "shutdownCommand" when check.State == HostCheckState.Warning => Sentence.Of(
                $"Try it once by hand when it does no harm, or take the preset of this system, which can be checked."
            ),
            "shutdownCommand" or "permissions" or "hidden" or "privileges" or "rights" => Sentence.Of(
                $"Give the account this right; the documentation of the platform has the lines for it."
            ),
            "virsh" or "libvirt" => Sentence.Of(
                $"Give the user access to libvirt there (group libvirt), or another connection URI."
            ),
            "agents" => Sentence.Of(
                $"Install or restart the agent in these guests, or let the plan ask them by ACPI and give them time."
            ),
            "clock" => Sentence.Of(
                $"Let both set their clocks by NTP. Where several hosts differ alike, it is the clock of the machine that this program runs on."
            ),
            "quorum" => Sentence.Of($"Bring the missing nodes back, or add a QDevice."),
            _ => null,
        };

    private static Sentence? ForWake(HostCheck check) =>
        check.Kind.Key switch
        {
            "connect" => Sentence.Of(
                $"Look whether the controller has power and network, and whether its address is right."
            ),
            "login" when check.State == HostCheckState.Failed => Sentence.Of(
                $"Correct the login of this way to wake it; the account has to be an operator at least."
            ),
            "login" => Sentence.Of($"Try it once by hand when it does no harm."),
            "certificate" => Sentence.Of(
                $"If the certificate of the controller was renewed, compare and approve it in the settings of the host."
            ),
            "relay" => Sentence.Of(
                $"Install wakeonlan or etherwake on the host that sends it, or choose another way to wake."
            ),
            "armed" when check.State == HostCheckState.Warning => Sentence.Of(
                $"Look on the host itself: ethtool has to show a g behind Wake-on. With a right by sudo for ethtool this program sees it."
            ),
            "power" when check.State == HostCheckState.Failed => Sentence.Of(
                $"Compare the address of the controller with the machine that it belongs to."
            ),
            _ => null,
        };
}
