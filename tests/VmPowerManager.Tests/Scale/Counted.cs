using VmPowerManager.Protocols.Nut.Server;
using VmPowerManager.Protocols.Snmp;
using VmPowerManager.Protocols.Snmp.Agent;

namespace VmPowerManager.Tests.Scale;

/// <summary>A served device that notes its status reads.</summary>
internal sealed class CountedNut(INutDevice inner, PollTimes times) : INutDevice
{
    public string Name => inner.Name;
    public string Description => inner.Description;
    public NutDeviceLink Link => inner.Link;
    public IReadOnlyDictionary<string, string> Variables => inner.Variables;
    public IReadOnlyList<NutWritable> Writable => inner.Writable;
    public IReadOnlyList<string> Commands => inner.Commands;

    public string? Find(string variable)
    {
        if (variable == "ups.status")
            times.Note();
        return inner.Find(variable);
    }

    public NutVerdict Run(string command, string? value) => inner.Run(command, value);

    public NutVerdict Set(string variable, string value) => inner.Set(variable, value);

    public void Force() => inner.Force();
}

/// <summary>The same behind an SNMP agent: upsOutputSource is in every status read.</summary>
internal sealed class CountedSnmp(ISnmpObjects inner, PollTimes times) : ISnmpObjects
{
    private static readonly Oid OutputSource = new(1, 3, 6, 1, 2, 1, 33, 1, 4, 1, 0);

    public bool IsSilent => inner.IsSilent;

    public SnmpValue? Find(Oid name)
    {
        if (name == OutputSource)
            times.Note();
        return inner.Find(name);
    }

    public SnmpVariable? Next(Oid name)
    {
        var next = inner.Next(name);
        if (next?.Name == OutputSource)
            times.Note();
        return next;
    }

    public (SnmpErrorStatus Status, int Index) Set(IReadOnlyList<SnmpVariable> values) => inner.Set(values);
}
