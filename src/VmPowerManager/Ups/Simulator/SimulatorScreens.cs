using System.Collections.Immutable;
using VmPowerManager.Components;

namespace VmPowerManager.Ups.Simulator;

/// <summary>The simulated devices as screens follow them, by key.</summary>
internal sealed class SimulatorScreens
{
    public Live<ImmutableDictionary<string, SimulatedUpsView>> All { get; } =
        new(ImmutableDictionary<string, SimulatedUpsView>.Empty);

    /// <param name="devices">All there are.</param>
    /// <returns>The scripts that ran to their end since the last call, with the keys of their devices.</returns>
    public IReadOnlyList<(string Key, string Script)> Refresh(IEnumerable<SimulatedDevice> devices)
    {
        var before = All.Value;
        var ended = new List<(string, string)>();
        foreach (var device in devices)
        {
            var now = SimulatedUpsView.Of(device);
            var was = before.GetValueOrDefault(device.Key);
            if (now == was)
                continue;
            All.Update(all => all.SetItem(device.Key, now));
            if (was?.Script is { } script && now.Script is null && !device.WasStopped)
                ended.Add((device.Key, script.Name));
        }
        return ended;
    }
}
