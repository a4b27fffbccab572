using System.Globalization;
using System.Net.Sockets;
using VmPowerManager.EndToEnd.Driving;

namespace VmPowerManager.EndToEnd.LabPeers;

/// <summary>One of the lab's machines.</summary>
/// <param name="Kind">Of tests/lab/machines.</param>
/// <param name="Last">Of its address.</param>
/// <param name="Port">Who answers there, runs.</param>
public sealed record WholeMachine(string Name, string Kind, int Last, int Port)
{
    public string Mac => $"52:54:00:00:00:{Last:x2}";
}

/// <summary>Whole machines that really power off and are started again by what wakes them: tests/lab/machines.</summary>
public sealed class WholeMachines(Lab lab)
{
    private readonly HashSet<string> _made = [];

    public static WholeMachine Switch { get; } = new("switch1", "plain", 2, 22);
    public static WholeMachine Kvm { get; } = new("kvm1", "kvm", 11, 22);
    public static WholeMachine Storage { get; } = new("nas1", "plain", 12, 22);
    public static WholeMachine HyperV { get; } = new("hv1", "hyperv", 13, 22);
    public static WholeMachine Esxi { get; } = new("esx1", "esxi", 14, 443);
    public static WholeMachine Proxmox { get; } = new("pve1", "proxmox", 15, 8006);

    public string PrivateKey => File.ReadAllText(Path.Combine(lab.Folder, "machines/key"));
    public string Broadcast => $"{Net}.255";
    private string Net => File.ReadAllText(Path.Combine(lab.Folder, "machines/net")).Trim();

    public string Address(WholeMachine machine) => string.Create(CultureInfo.InvariantCulture, $"{Net}.{machine.Last}");

    /// <summary>These run and answer; made with the first test that needs them.</summary>
    public async Task RunAsync(params WholeMachine[] machines)
    {
        foreach (var m in machines.Where(m => _made.Add(m.Name)))
            await ScriptAsync("add", m.Name, m.Kind, $"{m.Last}");
        await ScriptAsync(["on", .. machines.Select(m => m.Name)]);
        foreach (var m in machines)
            await AnswersWithinAsync(60, m);
    }

    /// <summary>It has power: its first process is there.</summary>
    public bool IsOn(WholeMachine machine)
    {
        var file = Path.Combine(lab.Folder, "pids", $"machine-{machine.Name}");
        return File.Exists(file) && Directory.Exists($"/proc/{File.ReadAllText(file).Trim()}");
    }

    public Task AnswersWithinAsync(double seconds, WholeMachine machine) =>
        Until.True(
            $"{machine.Name} answers",
            seconds,
            async () =>
            {
                using var client = new TcpClient();
                using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1), TimeProvider.System);
                try
                {
                    await client.ConnectAsync(Address(machine), machine.Port, limit.Token);
                    return true;
                }
                catch (Exception e) when (e is SocketException or OperationCanceledException)
                {
                    return false;
                }
            },
            () => Task.FromResult(Last(machine))
        );

    /// <summary>Runs a command on the machine as root.</summary>
    public async Task<string> OnAsync(WholeMachine machine, params string[] command) =>
        (await ScriptAsync(["run", machine.Name, .. command])).Output;

    /// <summary>Real guests, up far enough to hear ACPI.</summary>
    public async Task BootAsync(WholeMachine kvm, params string[] guests)
    {
        foreach (var guest in guests)
            await OnAsync(kvm, "virsh", "-q", "start", guest);
        foreach (var guest in guests)
            await Until.True(
                $"{guest} has booted",
                60,
                async () =>
                    (await OnAsync(kvm, "cat", $"/srv/{guest}.console")).Contains(
                        $"lab: {guest} up",
                        StringComparison.Ordinal
                    )
            );
    }

    /// <summary>The plug is pulled.</summary>
    public Task OffAsync(WholeMachine machine) => ScriptAsync("off", machine.Name);

    /// <summary>From now on the BMC of `ipmi` is this machine's.</summary>
    public async Task HasBmcAsync(WholeMachine machine) =>
        (await lab.ScriptAsync("ipmi", "machine", machine.Name)).Ok("ipmi machine");

    /// <summary>Those that a Wake-on-LAN packet was heard for.</summary>
    public IReadOnlyList<string> Woken() =>
        [
            .. File.ReadLines(Path.Combine(lab.Folder, "log/wake"))
                .Where(l => l.StartsWith("packet for ", StringComparison.Ordinal))
                .Select(l => l["packet for ".Length..]),
        ];

    private string Last(WholeMachine machine) =>
        string.Join('\n', File.ReadLines(Path.Combine(lab.Folder, $"log/machine-{machine.Name}")).TakeLast(5));

    private async Task<ShellResult> ScriptAsync(params string[] arguments) =>
        (await lab.ScriptAsync("machines", arguments)).Ok($"machines {string.Join(' ', arguments)}");
}
