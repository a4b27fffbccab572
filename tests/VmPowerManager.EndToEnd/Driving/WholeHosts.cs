using System.Text.Json.Nodes;
using VmPowerManager.EndToEnd.LabPeers;

namespace VmPowerManager.EndToEnd.Driving;

/// <summary>The lab's whole machines, one of each platform, as hosts of the program.</summary>
public abstract class WholeHosts(Lab lab) : Scenario(lab, "nut", "ipmi", "machines")
{
    protected static readonly WholeMachine[] Hypervisors =
    [
        WholeMachines.Kvm,
        WholeMachines.HyperV,
        WholeMachines.Esxi,
        WholeMachines.Proxmox,
    ];
    protected static readonly WholeMachine[] All = [.. Hypervisors, WholeMachines.Storage];

    protected WholeMachines Machines => Lab.Machines;

    /// <summary>All run, and the one behind whose network all are.</summary>
    protected async Task RunAllAsync()
    {
        await Machines.RunAsync([WholeMachines.Switch, .. All]);
        await Machines.HasBmcAsync(WholeMachines.Storage);
    }

    protected async Task<int> AddHostAsync(WholeMachine machine, params int[] upsIds)
    {
        var body = new JsonObject
        {
            ["name"] = machine.Name,
            ["platform"] = Platform(machine),
            ["role"] = machine == WholeMachines.Storage ? "storage" : "hypervisor",
            ["supplies"] = new JsonArray([
                .. upsIds.Select(id => new JsonObject { ["upsId"] = id, ["powerValue"] = 1 }),
            ]),
            ["witness"] = $"{Machines.Address(WholeMachines.Switch)}:22",
            ["offSilenceSeconds"] = 5,
            ["wake"] = new JsonArray(machine == WholeMachines.Storage ? Ipmi() : WakeOnLan(machine)),
        };
        var (block, settings) = Way(machine);
        body[block] = settings;
        var id = await Api.CreateAsync("hosts", body);
        (await Api.SendAsync(HttpMethod.Post, $"hosts/{id}/discover")).Ok();
        return id;
    }

    /// <summary>Its guests' ids and states by name, as the host says now.</summary>
    protected async Task<IReadOnlyDictionary<string, (int Id, string State)>> GuestsAsync(int host)
    {
        (await Api.SendAsync(HttpMethod.Post, $"hosts/{host}/discover")).Ok();
        return (await Api.ListAsync($"hosts/{host}/guests")).ToDictionary(
            g => (string?)g["name"] ?? "",
            g => ((int?)g["id"] ?? 0, (string?)g["state"] ?? "")
        );
    }

    /// <summary>By an order of a person, where it is not so yet.</summary>
    protected async Task BecomesAsync(int host, string guest, string action, string state)
    {
        var (id, now) = (await GuestsAsync(host))[guest];
        if (now == state)
            return;
        (await Api.SendAsync(HttpMethod.Post, $"guests/{id}/power", new { action })).Ok();
        await Until.True($"{guest} {state}", 20, async () => (await GuestsAsync(host))[guest].State == state);
    }

    /// <summary>Waits until the machine has no power, and gives the moment.</summary>
    protected async Task<DateTimeOffset> GoneAsync(WholeMachine machine, double seconds)
    {
        await Until.True($"{machine.Name} is off", seconds, () => Task.FromResult(!Machines.IsOn(machine)));
        return TimeProvider.System.GetUtcNow();
    }

    private static string Platform(WholeMachine machine) =>
        machine.Kind switch
        {
            "kvm" => "libvirt",
            "hyperv" => "hyperv",
            "esxi" => "vsphere",
            "proxmox" => "proxmox",
            _ => "ssh",
        };

    private (string Block, JsonObject Settings) Way(WholeMachine machine)
    {
        var address = Machines.Address(machine);
        return machine.Kind switch
        {
            "esxi" => (
                "https",
                new()
                {
                    ["baseUrl"] = $"https://{address}",
                    ["userName"] = "root",
                    ["password"] = "Secret1!",
                }
            ),
            "proxmox" => (
                "https",
                new()
                {
                    ["baseUrl"] = $"https://{address}:{machine.Port}",
                    ["tokenId"] = "power@pve!manager",
                    ["tokenSecret"] = "5b1f7c1e-27a5-4d3f-9a06-3f1f3c8f4f10",
                }
            ),
            _ => (
                "ssh",
                new()
                {
                    ["host"] = address,
                    ["port"] = machine.Port,
                    ["userName"] = "lab",
                    ["privateKey"] = Machines.PrivateKey,
                    ["preset"] = machine.Kind == "hyperv" ? null : "linux",
                    ["libvirtUri"] = machine.Kind == "kvm" ? "qemu:///system" : null,
                }
            ),
        };
    }

    private JsonObject WakeOnLan(WholeMachine machine) =>
        new()
        {
            ["method"] = "wol",
            ["macAddress"] = machine.Mac,
            ["host"] = Machines.Broadcast,
        };

    private JsonObject Ipmi() =>
        new()
        {
            ["method"] = "ipmi",
            ["host"] = "127.0.0.1",
            ["port"] = Lab.IpmiPort,
            ["userName"] = "oper",
            ["password"] = "lab-oper-12",
            ["cipherSuite"] = 3,
        };
}
