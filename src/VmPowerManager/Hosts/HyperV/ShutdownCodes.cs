using System.Globalization;

namespace VmPowerManager.Hosts.HyperV;

/// <summary>What Msvm_ShutdownComponent's methods return (learn.microsoft.com, Hyper-V WMI provider V2).</summary>
internal static class ShutdownCodes
{
    /// <summary>Null: it was accepted, or a shutdown is under way already.</summary>
    public static string? Refusal(long code) =>
        code switch
        {
            0 or 4096 or 32782 => null,
            -1 =>
                "The integration service for shutting down is disabled in the virtual machine's settings, or not there.",
            32769 => "Hyper-V denies access to the guest's shutdown service.",
            32770 => "The guest does not support being shut down by the host.",
            32772 or 32777 or 32780 => "The guest's integration services do not answer.",
            32774 => "The virtual machine is in use: another operation is under way.",
            32775 => "The virtual machine is in a state in which it cannot be shut down.",
            32781 => "The guest is locked and refuses to shut down, by force as well.",
            _ => string.Create(CultureInfo.InvariantCulture, $"Hyper-V refused the shutdown with code {code}."),
        };
}
