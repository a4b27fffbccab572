namespace VmPowerManager.Lab.Proxmox;

/// <summary>What is asked of the cluster.</summary>
public sealed partial class FakeApi
{
    private object? OfCluster(Asked asked)
    {
        var key = $"{asked.Method} {string.Join('/', asked.Parts.Skip(1))}";
        switch (key)
        {
            case "GET resources":
                return Resources(asked);
            case "GET status":
                asked.Needs("/", "Sys.Audit");
                return Status();
            case "GET options":
                asked.Needs("/", "Sys.Audit");
                return cluster.Policy == "conditional"
                    ? new { keyboard = "de" }
                    : new { ha = new { shutdown_policy = cluster.Policy } };
            case "GET ha/status/current":
                asked.Needs("/", "Sys.Audit");
                return HaStatus();
            case "POST ha/status/disarm-ha" or "POST ha/status/arm-ha" when IsOlderThan("9.2"):
                throw asked.Unknown();
            case "POST ha/status/disarm-ha":
                asked.Needs("/", "Sys.Console");
                asked.Takes("resource-mode");
                NeedsQuorum("cfs-lock 'domain-ha' error: no quorum!");
                cluster.Ha.Disarm();
                return null;
            case "POST ha/status/arm-ha":
                asked.Needs("/", "Sys.Console");
                NeedsQuorum("cfs-lock 'domain-ha' error: no quorum!");
                cluster.Ha.Arm();
                return null;
        }
        return asked.Parts switch
        {
            [_, "ha", "resources", var sid] when asked.Method == "PUT" => SetHa(asked, sid),
            [_, "ceph", "flags", var flag] => Ceph(asked, flag),
            _ => throw asked.Unknown(),
        };
    }

    private List<object> Status()
    {
        var list = new List<object>();
        if (cluster.Name is { } name)
            list.Add(
                new
                {
                    type = "cluster",
                    id = "cluster",
                    name,
                    nodes = cluster.Nodes.Count,
                    quorate = cluster.Quorate ? 1 : 0,
                    version = 3,
                }
            );
        list.AddRange(
            cluster.Nodes.Select(
                (n, i) =>
                    new
                    {
                        type = "node",
                        id = $"node/{n.Name}",
                        name = n.Name,
                        online = n.Online ? 1 : 0,
                        local = n.Name == local ? 1 : 0,
                        nodeid = i + 1,
                        ip = $"192.0.2.{i + 1}",
                        level = "",
                    }
            )
        );
        return list;
    }

    private List<object> HaStatus()
    {
        var list = new List<object>
        {
            new
            {
                id = "quorum",
                type = "quorum",
                node = local,
                quorate = cluster.Quorate ? 1 : 0,
                status = "OK",
            },
        };
        if (!IsOlderThan("9.2"))
        {
            var fencing = new Dictionary<string, object>
            {
                ["id"] = "fencing",
                ["type"] = "fencing",
                ["node"] = local,
                ["status"] = cluster.Ha.Armed,
                ["armed-state"] = cluster.Ha.Armed,
            };
            if (cluster.Ha.Mode is { } mode)
                fencing["resource-mode"] = mode;
            list.Add(fencing);
        }
        list.AddRange(
            cluster
                .Guests.Values.Where(g => g.HaWants is not (null or "ignored"))
                .Select(g => new
                {
                    id = $"service:{g.Sid}",
                    type = "service",
                    sid = g.Sid,
                    node = g.Node,
                    state = g.HaState,
                    request_state = g.HaWants,
                    status = $"{g.Sid} ({g.Node}, {g.HaState})",
                })
        );
        return list;
    }

    private object? SetHa(Asked asked, string sid)
    {
        asked.Needs("/", "Sys.Console");
        NeedsQuorum("cfs-lock 'domain-ha' error: no quorum!");
        var guest = cluster.Guests.Values.FirstOrDefault(g => g.Sid == sid && g.HaWants is not null);
        if (guest is null)
            throw new FakeRefusalException(500, $"no such resource '{sid}'");
        FakeHa.Set(guest, asked.Fields["state"]);
        return null;
    }

    private int? Ceph(Asked asked, string flag)
    {
        asked.Needs("/", asked.Method == "PUT" ? "Sys.Modify" : "Sys.Audit");
        if (cluster.CephFlags is not { } flags)
            throw new FakeRefusalException(500, "binary not installed: /usr/bin/ceph-mon");
        if (asked.Method == "GET")
            return flags.Contains(flag) ? 1 : 0;
        if (asked.Fields["value"] == "1")
            flags.Add(flag);
        else
            flags.Remove(flag);
        return null;
    }
}
