using System.Text.Json;

namespace VmPowerManager.Protocols.Proxmox;

/// <summary>The calls of Proxmox VE that this program makes, typed. All throw as <see cref="ProxmoxClient.GetAsync"/>.</summary>
public sealed class ProxmoxApi(ProxmoxClient client, TimeProvider time)
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    public ProxmoxClient Client => client;

    /// <summary><c>8.4.5</c>.</summary>
    public async Task<string> VersionAsync(CancellationToken ct) =>
        (await client.GetAsync("/version", ct)).Text("version")
        ?? throw new DeviceException(DeviceFault.ProtocolError, "The node told no version.");

    /// <summary>Needs Sys.Audit on <c>/</c>.</summary>
    public async Task<ProxmoxCluster> ClusterAsync(CancellationToken ct) =>
        ProxmoxCluster.Read(await client.GetAsync("/cluster/status", ct));

    /// <summary>All guests of the cluster in one call; their states may be ten seconds old, where they are is not. Shows
    /// only what the one who asks may see, without a word about the rest.</summary>
    public async Task<IReadOnlyList<ProxmoxGuest>> GuestsAsync(CancellationToken ct) =>
        ProxmoxGuest.OfResources(await client.GetAsync("/cluster/resources?type=vm", ct));

    /// <summary>The guests of a node as they are now, both kinds. Shows only what the one who asks may see.</summary>
    /// <param name="full">Asks each process how it is: dearer, and a hung one costs seconds.</param>
    public async Task<IReadOnlyList<ProxmoxGuest>> GuestsOfAsync(string node, bool full, CancellationToken ct)
    {
        var machines = client.GetAsync($"/nodes/{Part(node)}/qemu{(full ? "?full=1" : "")}", ct);
        var containers = client.GetAsync($"/nodes/{Part(node)}/lxc", ct);
        await Task.WhenAll(machines, containers);
        return
        [
            .. ProxmoxGuest.OfNode(await machines, node, "qemu"),
            .. ProxmoxGuest.OfNode(await containers, node, "lxc"),
        ];
    }

    public async Task<ProxmoxCurrent> CurrentAsync(ProxmoxPlace guest, CancellationToken ct) =>
        ProxmoxCurrent.Read(await client.GetAsync($"{guest.Path}/status/current", ct));

    /// <summary>Needs VM.Monitor, since version 9 VM.GuestAgent.Audit. Refused when the agent does not answer.</summary>
    public Task PingAgentAsync(ProxmoxPlace guest, CancellationToken ct) =>
        client.PostAsync($"{guest.Path}/agent/ping", null, ct);

    /// <param name="verb"><c>shutdown</c>, <c>stop</c>, <c>start</c>, <c>suspend</c>, <c>resume</c>, <c>reboot</c>.</param>
    /// <returns>The task that does it, or that asks HA for it.</returns>
    public async Task<ProxmoxUpid> GuestAsync(
        ProxmoxPlace guest,
        string verb,
        IReadOnlyDictionary<string, string> fields,
        CancellationToken ct
    )
    {
        var answer = await client.PostAsync($"{guest.Path}/status/{verb}", fields, ct);
        return ProxmoxUpid.Parse(answer.ValueKind == JsonValueKind.String ? answer.Read() : null);
    }

    /// <summary>Answers before anything happens, and nothing tells how it went.</summary>
    /// <param name="command"><c>shutdown</c> or <c>reboot</c>.</param>
    public Task NodeAsync(string node, string command, CancellationToken ct) =>
        client.PostAsync($"/nodes/{Part(node)}/status", new Dictionary<string, string> { ["command"] = command }, ct);

    public async Task<ProxmoxTask> TaskAsync(ProxmoxUpid task, CancellationToken ct)
    {
        var told = await client.GetAsync($"/nodes/{Part(task.Node)}/tasks/{task.InPath}/status", ct);
        return told.Text("status") switch
        {
            "running" => new ProxmoxTask(true, null),
            "stopped" => new ProxmoxTask(false, told.Text("exitstatus") ?? "unknown"),
            _ => throw new DeviceException(DeviceFault.ProtocolError, "The task told no status."),
        };
    }

    /// <summary>Waits for the task's end, at most <paramref name="limit"/>: what it then answers may still run.</summary>
    public async Task<ProxmoxTask> WaitAsync(ProxmoxUpid task, TimeSpan limit, CancellationToken ct)
    {
        var started = time.GetTimestamp();
        for (var pause = FirstLook; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var now = await TaskAsync(task, ct);
            var left = limit - time.GetElapsedTime(started);
            if (!now.Running || left <= TimeSpan.Zero)
                return now;
            await Task.Delay(pause < left ? pause : left, time, ct);
        }
    }

    /// <summary>Ends a task of our own.</summary>
    public Task StopTaskAsync(ProxmoxUpid task, CancellationToken ct) =>
        client.DeleteAsync($"/nodes/{Part(task.Node)}/tasks/{task.InPath}", ct);

    /// <param name="path">Null: all that is known.</param>
    public async Task<ProxmoxPermissions> PermissionsAsync(string? path, CancellationToken ct) =>
        ProxmoxPermissions.Read(
            await client.GetAsync("/access/permissions" + (path is null ? "" : $"?path={Part(path)}"), ct)
        );

    /// <summary>Needs Sys.Audit on <c>/</c>.</summary>
    public async Task<ProxmoxHa> HaAsync(CancellationToken ct) =>
        ProxmoxHa.Read(await client.GetAsync("/cluster/ha/status/current", ct));

    /// <summary>Since version 9.2. Begins it; <see cref="ProxmoxHa.Armed"/> tells when it is done. Needs Sys.Console on
    /// <c>/</c>, as the other changes to HA.</summary>
    public Task DisarmHaAsync(CancellationToken ct) =>
        // "ignore" leaves guests to us; under "freeze" no order to them would be carried out.
        client.PostAsync(
            "/cluster/ha/status/disarm-ha",
            new Dictionary<string, string> { ["resource-mode"] = "ignore" },
            ct
        );

    public Task ArmHaAsync(CancellationToken ct) => client.PostAsync("/cluster/ha/status/arm-ha", null, ct);

    public Task SetHaStateAsync(string sid, string state, CancellationToken ct) =>
        client.PutAsync($"/cluster/ha/resources/{Part(sid)}", new Dictionary<string, string> { ["state"] = state }, ct);

    /// <summary><c>noout</c> ...; needs Sys.Modify on <c>/</c>.</summary>
    public Task SetCephFlagAsync(string flag, bool on, CancellationToken ct) =>
        client.PutAsync(
            $"/cluster/ceph/flags/{Part(flag)}",
            new Dictionary<string, string> { ["value"] = on ? "1" : "0" },
            ct
        );

    /// <summary>Whether the flag is set. Refused where there is no Ceph.</summary>
    public async Task<bool> CephFlagAsync(string flag, CancellationToken ct)
    {
        var told = await client.GetAsync($"/cluster/ceph/flags/{Part(flag)}", ct);
        return told.ValueKind == JsonValueKind.True
            || told.ValueKind == JsonValueKind.Number && told.GetRawText() != "0"
            || told.ValueKind == JsonValueKind.String && told.Read() is "1" or "true";
    }

    /// <summary>Sends the magic packet to <paramref name="node"/>, which is off, from the node that is asked.</summary>
    /// <returns>The hardware address that was woken.</returns>
    public async Task<string?> WakeAsync(string node, CancellationToken ct)
    {
        var answer = await client.PostAsync($"/nodes/{Part(node)}/wakeonlan", null, ct);
        return answer.ValueKind == JsonValueKind.String ? answer.Read() : null;
    }

    /// <summary>The hardware address that is set for waking <paramref name="node"/>, which has to be up to tell; null: none
    /// is. Needs Sys.Audit on <c>/</c>.</summary>
    public async Task<string?> WakeAddressAsync(string node, CancellationToken ct) =>
        (await client.GetAsync($"/nodes/{Part(node)}/config?property=wakeonlan", ct)).Text("wakeonlan");

    /// <summary>The node's clock, seconds since 1970.</summary>
    public async Task<long?> ClockAsync(string node, CancellationToken ct) =>
        (await client.GetAsync($"/nodes/{Part(node)}/time", ct)).Whole("time");

    /// <summary>What happens to HA guests when a node shuts down: <c>conditional</c>, <c>freeze</c>, <c>failover</c>,
    /// <c>migrate</c>.</summary>
    public async Task<string> ShutdownPolicyAsync(CancellationToken ct)
    {
        var ha = (await client.GetAsync("/cluster/options", ct)).Value("ha");
        // Older versions give the line of their configuration, newer ones an object.
        var told = ha switch
        {
            { ValueKind: JsonValueKind.Object } options => options.Text("shutdown_policy"),
            { ValueKind: JsonValueKind.String } line => line.Read()
                ?.Split(',')
                .Select(o => o.Trim().Split('='))
                .FirstOrDefault(o => o is ["shutdown_policy", _])
                ?[1],
            _ => null,
        };
        return told ?? "conditional";
    }

    /// <summary>What tells this cluster, or node alone, from all others: the name that its own certificate authority was
    /// given when it was set up. Null where certificates of another kind are used throughout.</summary>
    public async Task<Guid?> IdentityAsync(string node, CancellationToken ct)
    {
        var certificates = (await client.GetAsync($"/nodes/{Part(node)}/certificates/info", ct)).Entries();
        return certificates
            .OrderBy(c => c.Text("filename") == "pve-root-ca.pem" ? 0 : 1)
            .SelectMany(c => new[] { c.Text("subject"), c.Text("issuer") })
            .Where(name => name?.Contains("PVE Cluster Manager CA", StringComparison.Ordinal) == true)
            .SelectMany(name => (name ?? "").Split('/', ',', '='))
            .Select(part => Guid.TryParseExact(part.Trim(), "D", out var id) ? id : (Guid?)null)
            .FirstOrDefault(id => id is not null);
    }

    /// <summary>The hardware addresses in a guest's configuration.</summary>
    public async Task<IReadOnlyList<string>> MacsAsync(ProxmoxPlace guest, CancellationToken ct)
    {
        var config = await client.GetAsync($"{guest.Path}/config", ct);
        return config.ValueKind == JsonValueKind.Object ? [.. ProxmoxMacs.In(config)] : [];
    }

    internal static string Part(string text) => Uri.EscapeDataString(text);
}

/// <summary>Where a guest is spoken to.</summary>
/// <param name="Kind"><c>qemu</c> or <c>lxc</c>.</param>
public sealed record ProxmoxPlace(string Node, string Kind, long Id)
{
    public string Path => $"/nodes/{ProxmoxApi.Part(Node)}/{Kind}/{ProxmoxClient.Text(Id)}";

    /// <summary>As HA names it.</summary>
    public string Sid => $"{(Kind == "lxc" ? "ct" : "vm")}:{ProxmoxClient.Text(Id)}";
}
