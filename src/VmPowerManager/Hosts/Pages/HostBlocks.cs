using System.Collections.Frozen;

namespace VmPowerManager.Hosts.Pages;

/// <summary>The fields of each settings block that a driver may declare (<see cref="IHostDriver.Blocks"/>): a new block is
/// a component with the parameters <c>Model</c> and <c>Attempt</c>, and a line here.</summary>
public static class HostBlocks
{
    private static readonly FrozenDictionary<string, Type> Fields = new Dictionary<string, Type>
    {
        ["ssh"] = typeof(SshFields),
        ["https"] = typeof(HttpsFields),
        ["direct"] = typeof(DirectFields),
        ["winrm"] = typeof(WinrmFields),
    }.ToFrozenDictionary();

    public static Type? Of(string block) => Fields.GetValueOrDefault(block);
}
