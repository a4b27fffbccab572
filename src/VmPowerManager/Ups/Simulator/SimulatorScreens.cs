using System.Collections.Immutable;
using VmPowerManager.Components;

namespace VmPowerManager.Ups.Simulator;

/// <summary>The simulated devices as screens follow them, by key.</summary>
internal sealed class SimulatorScreens
{
    public Live<ImmutableDictionary<string, SimulatedUpsView>> All { get; } =
        new(ImmutableDictionary<string, SimulatedUpsView>.Empty);

    /// <param name="devices">All there are.</param>
    /// <param name="ended">Told of each script that ran to its end since the last call.</param>
    public void Refresh(IEnumerable<SimulatedDevice> devices, Action<SimulatedDevice, string> ended)
    {
        var before = All.Value;
        foreach (var device in devices)
        {
            var now = SimulatedUpsView.Of(device);
            var was = before.GetValueOrDefault(device.Key);
            if (now == was)
                continue;
            All.Update(all => all.SetItem(device.Key, now));
            if (was?.Script is { } script && now.Script is null && !device.WasStopped)
                ended(device, script.Name);
        }
    }
}
