namespace VmPowerManager.Protocols.Ipmi;

/// <summary>What a machine does by itself when mains comes back (IPMI 2.0, 28.2: power restore policy).</summary>
public enum IpmiRestorePolicy
{
    Unknown,
    AlwaysOff,

    /// <summary>As it was when power was lost: one that was shut down before stays off.</summary>
    Previous,
    AlwaysOn,
}

/// <summary>The answer to Get Chassis Status, as <c>ipmitool chassis status</c> writes it.</summary>
/// <param name="On">Null: not told.</param>
/// <param name="LastEventAcFailed">The last time that it went off or on was by a loss of mains.</param>
public sealed record IpmiStatus(bool? On, IpmiRestorePolicy RestorePolicy, bool LastEventAcFailed)
{
    /// <exception cref="DeviceException">ProtocolError: no such answer.</exception>
    public static IpmiStatus Parse(string output)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in output.Split('\n'))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
                values.TryAdd(line[..colon].Trim(), line[(colon + 1)..].Trim());
        }
        if (!values.TryGetValue("System Power", out var power))
            throw new DeviceException(DeviceFault.ProtocolError, "The answer tells no chassis status.");
        var policy = values.GetValueOrDefault("Power Restore Policy") switch
        {
            "always-off" => IpmiRestorePolicy.AlwaysOff,
            "previous" => IpmiRestorePolicy.Previous,
            "always-on" => IpmiRestorePolicy.AlwaysOn,
            _ => IpmiRestorePolicy.Unknown,
        };
        var last = values.GetValueOrDefault("Last Power Event") ?? "";
        return new(
            power switch
            {
                "on" => true,
                "off" => false,
                _ => null,
            },
            policy,
            last.Contains("ac-failed", StringComparison.OrdinalIgnoreCase)
        );
    }

    /// <summary>Of the answer to Get System GUID, as <c>ipmitool mc guid</c> writes it; null: none.</summary>
    internal static string? Guid(string output) =>
        output
            .Split('\n')
            .Where(l => l.StartsWith("System GUID", StringComparison.Ordinal))
            .Select(l => l[(l.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim())
            .FirstOrDefault(t => System.Guid.TryParse(t, out _));
}

/// <summary>Chassis Control (IPMI 2.0, 28.3).</summary>
public enum IpmiVerb
{
    On,

    /// <summary>As a press of the power button: the system may ignore it, and the controller says yes all the same.</summary>
    SoftOff,
    HardOff,
}
