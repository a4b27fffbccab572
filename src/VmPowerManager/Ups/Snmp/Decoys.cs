using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Ups.Snmp;

/// <summary>Devices that share a tree with UPSes and are none. Found by what they hold, so that people are told what they
/// have pointed at; consulted only where no tree of a UPS is there.</summary>
internal static class Decoys
{
    private const string Pdu = "a power distribution unit, not a UPS";

    private static readonly (Oid Root, string Words)[] Trees =
    [
        (Oid.Parse("1.3.6.1.4.1.318.1.1.12"), $"{Pdu} (APC rPDU)"),
        (Oid.Parse("1.3.6.1.4.1.318.1.1.26"), $"{Pdu} (APC rPDU2)"),
        (Oid.Parse("1.3.6.1.4.1.318.1.1.4"), $"{Pdu} (APC MasterSwitch)"),
        (Oid.Parse("1.3.6.1.4.1.318.1.1.8"), "a transfer switch, not a UPS (APC)"),
        (Oid.Parse("1.3.6.1.4.1.318.1.1.13"), "an air conditioner, not a UPS (APC)"),
        (Oid.Parse("1.3.6.1.4.1.318.1.1.10"), "an environmental monitor, not a UPS (APC)"),
        (Oid.Parse("1.3.6.1.4.1.534.6.6"), $"{Pdu} (Eaton ePDU)"),
        (Oid.Parse("1.3.6.1.4.1.534.6.8"), "an environmental monitor, not a UPS (Eaton)"),
        (Oid.Parse("1.3.6.1.4.1.534.10"), "a transfer switch, not a UPS (Eaton)"),
        (Oid.Parse("1.3.6.1.4.1.935.10.2"), "a telecom inverter, not a UPS (Eaton Matrix)"),
        (Oid.Parse("1.3.6.1.4.1.232.165.7"), $"{Pdu} (HP)"),
        (Oid.Parse("1.3.6.1.4.1.232.165.1"), $"{Pdu} (HP)"),
        (Oid.Parse("1.3.6.1.4.1.232.165.2"), $"{Pdu} (HP)"),
        (Oid.Parse("1.3.6.1.4.1.476.1.42.3.8"), $"{Pdu} (Liebert)"),
        (Oid.Parse("1.3.6.1.4.1.476.1.42.3.5"), "a power centre, not a UPS (Liebert)"),
        (Oid.Parse("1.3.6.1.4.1.476.1.42.3.4"), "an environmental device, not a UPS (Liebert)"),
        (Oid.Parse("1.3.6.1.4.1.476.1.42.3.9"), "a device of another kind, not a UPS (Liebert)"),
        (Oid.Parse("1.3.6.1.4.1.850.1.1.3.2"), $"{Pdu} (Tripp Lite)"),
        (Oid.Parse("1.3.6.1.4.1.850.1.1.3.3"), "an environmental monitor, not a UPS (Tripp Lite)"),
        (Oid.Parse("1.3.6.1.4.1.850.1.1.3.4"), "a transfer switch, not a UPS (Tripp Lite)"),
        (Oid.Parse("1.3.6.1.4.1.3808.1.1.3"), $"{Pdu} (CyberPower)"),
        (Oid.Parse("1.3.6.1.4.1.3808.1.1.5"), "a transfer switch, not a UPS (CyberPower)"),
        (Oid.Parse("1.3.6.1.4.1.3808.1.1.4"), "an environmental monitor, not a UPS (CyberPower)"),
        (Oid.Parse("1.3.6.1.4.1.40418"), "a controller, not a UPS (SNR)"),
    ];

    /// <summary>Kinds that their sysObjectID alone gives away.</summary>
    private static readonly (Oid System, string Words)[] Systems =
    [
        (Oid.Parse("1.3.6.1.4.1.318.1.3.4"), $"{Pdu} (APC)"),
        (Oid.Parse("1.3.6.1.4.1.318.1.3.8"), "an environmental monitor, not a UPS (APC)"),
        (Oid.Parse("1.3.6.1.4.1.318.1.3.11"), "a transfer switch, not a UPS (APC)"),
        (Oid.Parse("1.3.6.1.4.1.534.6"), "an accessory, not a UPS (Eaton)"),
        (Oid.Parse("1.3.6.1.4.1.534.10"), "a transfer switch, not a UPS (Eaton)"),
        (Oid.Parse("1.3.6.1.4.1.232.165.1"), $"{Pdu} (HP)"),
        (Oid.Parse("1.3.6.1.4.1.232.165.7"), $"{Pdu} (HP)"),
        (Oid.Parse("1.3.6.1.4.1.534.7"), $"{Pdu} (Eaton)"),
        (Oid.Parse("1.3.6.1.4.1.935.10.2"), "a telecom inverter, not a UPS (Eaton Matrix)"),
        (Oid.Parse("1.3.6.1.4.1.3808.1.1.3"), $"{Pdu} (CyberPower)"),
        (Oid.Parse("1.3.6.1.4.1.3808.1.1.4"), "an environmental monitor, not a UPS (CyberPower)"),
        (Oid.Parse("1.3.6.1.4.1.3808.1.1.5"), "a transfer switch, not a UPS (CyberPower)"),
        (Oid.Parse("1.3.6.1.4.1.40418"), "a controller, not a UPS (SNR)"),
    ];

    public static async Task<string?> FindAsync(SnmpAgent agent, Oid? system, CancellationToken ct)
    {
        foreach (var (oid, words) in Systems)
        {
            if (system?.IsWithin(oid) == true)
                return words;
        }
        // Only the maker's own: 23 questions to a device that has none of them would be no use.
        var maker = Vendors.EnterpriseOf(system);
        foreach (var (root, words) in Trees.Where(t => maker is null || Vendors.EnterpriseOf(t.Root) == maker))
        {
            if ((await agent.Walk(root, 1, ct)).Count > 0)
                return words;
        }
        return null;
    }
}
