using System.Globalization;

namespace VmPowerManager.Lab.Proxmox;

/// <summary>What is asked of a node.</summary>
public sealed partial class FakeApi
{
    private object? OfNode(Asked asked)
    {
        var name = asked.Parts[1] == "localhost" ? local : asked.Parts[1];
        var node = cluster.Node(name);
        if (asked is { Method: "POST", Parts: [_, _, "wakeonlan"] })
            return Wake(asked, node);
        if (!node.Online)
            throw new FakeRefusalException(595, "No route to host");
        return (asked.Method, asked.Parts) switch
        {
            ("POST", [_, _, "status"]) => ShutNode(asked, node),
            ("GET", [_, _, "config"]) => Config(asked, node),
            ("GET", [_, _, "time"]) => Clock(asked, node),
            ("GET", [_, _, "certificates", "info"]) => Certificates(),
            ("GET", [_, _, "tasks", var upid, "status"]) => cluster.Tasks.Status(upid),
            ("DELETE", [_, _, "tasks", var upid]) => StopTask(asked, upid),
            ("GET", [_, _, "qemu" or "lxc"]) => List(asked, name, asked.Parts[2]),
            (_, [_, _, "qemu" or "lxc", var id, ..]) => OfGuest(asked, Guest(asked, name, asked.Parts[2], id)),
            _ => throw asked.Unknown(),
        };
    }

    private static Dictionary<string, string> Config(Asked asked, FakeNode node)
    {
        asked.Needs("/", "Sys.Audit");
        asked.Takes("property");
        var config = new Dictionary<string, string>();
        if (node.WakeMac is { } mac)
            config["wakeonlan"] = mac;
        return config;
    }

    private string Wake(Asked asked, FakeNode node)
    {
        asked.Needs($"/nodes/{node.Name}", "Sys.PowerMgmt");
        if (node.Name == local)
            throw new FakeRefusalException(500, $"'{node.Name}' is local node, cannot wake my self!");
        if (node.WakeMac is not { } mac)
            throw new FakeRefusalException(500, $"No wake on LAN MAC address defined for '{node.Name}'!");
        if (!node.Online)
            _ = Task.Run(() => cluster.BootAsync(node.Name));
        return mac;
    }

    private object? ShutNode(Asked asked, FakeNode node)
    {
        asked.Needs($"/nodes/{node.Name}", "Sys.PowerMgmt");
        asked.Takes("command");
        var reboots = asked.Fields["command"] == "reboot";
        lock (node.Orders)
            node.Orders.Add(asked.Fields["command"]);
        _ = Task.Run(async () =>
        {
            await Task.Delay(cluster.NodeOffTakes, TimeProvider.System);
            await cluster.PowerOffAsync(node.Name);
            if (!reboots)
                return;
            await Task.Delay(cluster.NodeOffTakes, TimeProvider.System);
            await cluster.BootAsync(node.Name);
        });
        return null;
    }

    private static object Clock(Asked asked, FakeNode node)
    {
        asked.Needs($"/nodes/{node.Name}", "Sys.Audit");
        var now = (TimeProvider.System.GetUtcNow() + node.ClockAhead).ToUnixTimeSeconds();
        return new
        {
            time = now,
            localtime = now + 3600,
            timezone = "Europe/Berlin",
        };
    }

    private object[] Certificates()
    {
        var authority = $"/CN=Proxmox Virtual Environment/OU={cluster.Authority:D}/O=PVE Cluster Manager CA";
        return
        [
            new
            {
                filename = "pve-root-ca.pem",
                subject = authority,
                issuer = authority,
            },
            new
            {
                filename = "pve-ssl.pem",
                subject = "/OU=PVE Cluster Node/O=Proxmox Virtual Environment/CN=pve1.lab",
                issuer = authority,
            },
        ];
    }

    private object? StopTask(Asked asked, string upid)
    {
        var task = cluster.Tasks.Find(upid);
        if (task.Owner != asked.Who.Id)
            asked.Needs($"/nodes/{task.Node}", "Sys.Modify");
        task.Stop.Cancel();
        return null;
    }

    /// <summary>Who may not see a guest is not told that there is one.</summary>
    private IEnumerable<object> List(Asked asked, string node, string kind) =>
        cluster
            .Guests.Values.Where(g => g.Node == node && g.Kind == kind && asked.Who.May($"/vms/{g.Id}", "VM.Audit"))
            .OrderBy(g => g.Id)
            .Select(g => Listed(g, asked.Says("full")));

    private static Dictionary<string, object> Listed(FakeGuest guest, bool full)
    {
        var told = new Dictionary<string, object>
        {
            // Containers are numbered by text.
            ["vmid"] = guest.Kind == "lxc" ? guest.Id.ToString(CultureInfo.InvariantCulture) : guest.Id,
            ["name"] = guest.Name,
            ["status"] = guest.Status,
            ["maxmem"] = 2147483648L,
        };
        if (guest.Template)
            told["template"] = 1;
        if (guest.Lock is { } held)
            told["lock"] = held;
        if (full)
            told["qmpstatus"] = guest.Paused ? "paused" : guest.Status;
        return told;
    }

    private List<Dictionary<string, object>> Resources(Asked asked)
    {
        var list = new List<Dictionary<string, object>>();
        foreach (var guest in cluster.Guests.Values.Where(g => asked.Who.May($"/vms/{g.Id}", "VM.Audit")))
        {
            var told = Listed(guest, false);
            var unheard = !cluster.Node(guest.Node).Online;
            (told["type"], told["node"], told["id"]) = (guest.Kind, guest.Node, $"{guest.Kind}/{guest.Id}");
            told["vmid"] = guest.Id;
            told["status"] =
                unheard ? "unknown"
                : guest.SaidRunning ? "running"
                : "stopped";
            if (guest.HaWants is not null)
                told["hastate"] = guest.HaState;
            list.Add(told);
        }
        return list;
    }
}
