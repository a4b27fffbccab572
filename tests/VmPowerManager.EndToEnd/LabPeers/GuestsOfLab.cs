using VmPowerManager.EndToEnd.Driving;

namespace VmPowerManager.EndToEnd.LabPeers;

/// <summary>The real guests: vm1, vm4 and vm5 stop at once on ACPI, vm2 after 3 s, vm3 never.</summary>
public sealed class GuestsOfLab(Lab lab)
{
    private const string Uri = "qemu:///system?socket=";
    private static readonly string[] _all = ["vm1", "vm2", "vm3", "vm4", "vm5"];

    /// <summary>Exactly these run, freshly booted and far enough to hear ACPI; the others are off. None keeps a press of the
    /// test before.</summary>
    public async Task RunAsync(params string[] running)
    {
        (await lab.ScriptAsync("libvirt", ["off", .. _all])).Ok("libvirt off");
        (await lab.ScriptAsync("libvirt", ["boot", .. running])).Ok("libvirt boot");
    }

    /// <summary>Defines that many guests more, <c>many1</c> ..., each of which stops at once on ACPI.</summary>
    public async Task<IReadOnlyList<string>> CrowdAsync(int count)
    {
        (await lab.ScriptAsync("libvirt", "crowd", $"{count}")).Ok("libvirt crowd");
        return [.. Enumerable.Range(1, count).Select(i => $"many{i}")];
    }

    public async Task DisperseAsync() => (await lab.ScriptAsync("libvirt", "disperse")).Ok("libvirt disperse");

    public async Task BootAsync(IEnumerable<string> guests) =>
        (await lab.ScriptAsync("libvirt", ["boot", .. guests])).Ok("libvirt boot");

    /// <summary>One virsh with these commands; gives what it complains of.</summary>
    public async Task<string> VirshAsync(IEnumerable<string> commands) =>
        (await Shell.RunAsync("virsh", ["-q", "-c", Socket, string.Join("; ", commands)])).Error.Trim();

    /// <summary>As libvirt says: "running", "shut off" ...</summary>
    public async Task<IReadOnlyDictionary<string, string>> StatesAsync()
    {
        var listed = (await Shell.RunAsync("virsh", ["-q", "-c", Socket, "list", "--all"])).Ok("virsh list");
        return listed
            .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .ToDictionary(w => w[1], w => string.Join(' ', w[2..]));
    }

    public async Task<bool> RunsAsync(string guest) => (await StatesAsync())[guest] == "running";

    public async Task<bool> OffAsync(string guest) => (await StatesAsync())[guest] == "shut off";

    public Task OffWithinAsync(double seconds, params string[] guests) => Within(seconds, "shut off", guests);

    public Task RunningWithinAsync(double seconds, params string[] guests) => Within(seconds, "running", guests);

    private string Socket => Uri + Path.Combine(lab.Folder, "libvirt/run/libvirt-sock");

    private Task Within(double seconds, string state, string[] guests) =>
        Until.True(
            $"{string.Join(", ", guests)} {state}",
            seconds,
            async () =>
            {
                var states = await StatesAsync();
                return guests.All(g => states[g] == state);
            },
            async () => string.Join(", ", await StatesAsync())
        );
}
