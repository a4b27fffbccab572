namespace VmPowerManager.EndToEnd.LabPeers;

/// <summary>The lab's SNMP agents: net-snmp's snmpd with a UPS-MIB, one process a UPS.</summary>
public sealed class SnmpServer(Lab lab)
{
    private const string Mib = ".1.3.6.1.2.1.33.1.";
    private static readonly string[] _all = ["ups1", "ups2"];

    public int PortOf(string ups) => lab.SnmpPort + Array.IndexOf(_all, ups);

    public Task<DateTimeOffset> OnLineAsync(string ups) =>
        SetAsync(ups, "3.3.1.3.1 i 230", "2.1.0 i 2", "2.2.0 i 0", "2.3.0 i 30", "2.4.0 i 100", "4.1.0 i 3");

    public Task<DateTimeOffset> OnBatteryAsync(string ups) => SetAsync(ups, "3.3.1.3.1 i 0", "4.1.0 i 5");

    /// <summary>Charge and runtime agree with the flag (POLICY A6).</summary>
    public Task<DateTimeOffset> LowBatteryAsync(string ups) =>
        SetAsync(ups, "3.3.1.3.1 i 0", "2.1.0 i 3", "2.3.0 i 1", "2.4.0 i 8", "4.1.0 i 5");

    /// <summary>Sets objects of the UPS-MIB in one request, written as <c>4.1.0 i 5</c>; gives the moment at which the
    /// agent had them.</summary>
    public async Task<DateTimeOffset> SetAsync(string ups, params IEnumerable<string> objects)
    {
        (await lab.ScriptAsync("snmp", ["set", ups, .. objects.SelectMany(o => (Mib + o).Split(' '))])).Ok("snmp set");
        return TimeProvider.System.GetUtcNow();
    }

    /// <summary>What the agent holds now.</summary>
    public async Task<string> GetAsync(string ups, string name) =>
        (await lab.ScriptAsync("snmp", "get", ups, Mib + name)).Ok("snmp get").Output.Trim();

    /// <summary>upsTrapOnBattery from that UPS, in version 1, 2c, 2c-inform, 3 or 3-inform.</summary>
    public async Task TrapAsync(string ups, string version, int port) =>
        (await lab.ScriptAsync("snmp", "trap", ups, version, $"127.0.0.1:{port}")).Ok("snmp trap");

    public async Task KillAsync(string ups) => (await lab.ScriptAsync("snmp", "kill", ups)).Ok("snmp kill");

    public async Task ReviveAsync(string ups) => (await lab.ScriptAsync("snmp", "revive", ups)).Ok("snmp revive");

    /// <summary>Every agent up and on line.</summary>
    public async Task ResetAsync()
    {
        foreach (var ups in _all)
        {
            if ((await lab.ScriptAsync("snmp", "get", ups, $"{Mib}4.1.0")).Exit != 0)
                await ReviveAsync(ups);
            await OnLineAsync(ups);
        }
    }
}
