namespace VmPowerManager.Protocols.Snmp;

/// <summary>A PDU out, its answer in, in the manner of a version. One call at a time.</summary>
internal interface ISnmpChannel
{
    /// <summary>The response; its error-status may say anything.</summary>
    /// <exception cref="SnmpException">No response.</exception>
    Task<SnmpPdu> AskAsync(SnmpPdu request, int tries, CancellationToken ct);
}
