using System.Globalization;
using VmPowerManager.Core;

namespace VmPowerManager.Hosts.HyperV;

/// <summary>What Windows itself does to its machines when the host goes down or comes up: a safety net, and a
/// competitor.</summary>
internal static class HyperVFacts
{
    private const int MostNames = 20;

    public static IReadOnlyList<HostFact> Of(IReadOnlyList<HyperVMachine> machines)
    {
        if (machines.Count == 0)
            return [];
        var starts = Starting(machines);
        var stops = machines
            .GroupBy(m => m.StopAction)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => $"{Stop(g.Key)}: {Names([.. g], MostNames)}");
        return
        [
            new("Starts with the host", starts.Count == 0 ? "-" : Names(starts, MostNames, m => Start(m).ToString())),
            new("Automatic stop", string.Join("; ", stops)),
        ];
    }

    public static List<HyperVMachine> Starting(IReadOnlyList<HyperVMachine> machines) =>
        [.. machines.Where(m => m.StartAction is "Start" or "StartIfRunning")];

    /// <summary>With its delay, and whether it has to have run.</summary>
    public static Sentence Start(HyperVMachine machine)
    {
        var delay = machine.StartDelay.ToString(CultureInfo.InvariantCulture);
        return (machine.StartAction, machine.StartDelay) switch
        {
            ("Start", > 0) => Sentence.Of($"{machine.Name} (after {delay} s)"),
            ("Start", _) => Sentence.Verbatim(machine.Name),
            (_, > 0) => Sentence.Of($"{machine.Name} (if it ran, after {delay} s)"),
            _ => Sentence.Of($"{machine.Name} (if it ran)"),
        };
    }

    public static string Names(List<HyperVMachine> machines, int most, Func<HyperVMachine, string>? name = null) =>
        string.Join(", ", machines.Take(most).Select(name ?? (m => m.Name)))
        + (machines.Count > most ? $" and {machines.Count - most} more" : "");

    /// <summary>Hyper-V's own words where they are others.</summary>
    private static string Stop(string action) =>
        action switch
        {
            "TurnOff" => "turn off",
            "Save" => "save",
            "ShutDown" => "shut down",
            _ => action,
        };
}
