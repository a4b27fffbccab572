using VmPowerManager.Core.Engine;

namespace VmPowerManager.Core.Simulation;

/// <summary>Addresses on raw mains of a virtual world (A9).</summary>
public partial class VirtualWorld
{
    /// <summary>Whether each answers, by id.</summary>
    public Dictionary<int, bool> Canaries { get; } = [];

    private void PollCanaries()
    {
        foreach (var (id, answers) in Canaries)
            Tell(new CanaryObserved(id, answers, Moment.Elapsed));
    }
}
