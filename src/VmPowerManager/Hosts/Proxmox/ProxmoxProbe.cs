using VmPowerManager.Core;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Proxmox;
using VmPowerManager.Protocols.Tls;

namespace VmPowerManager.Hosts.Proxmox;

/// <summary>Checks a node with the calls that a run will make, without effect.</summary>
internal sealed class ProxmoxProbe(PinnedHttp http, ProxmoxHost host, TimeProvider time)
{
    private const int MostNamed = 10;

    private static readonly TimeSpan ClockMayDiffer = TimeSpan.FromSeconds(5);
    private readonly HttpsProbe _probe = new(http);
    private Version? _version;

    public async Task<HostProbe> RunAsync(CancellationToken ct)
    {
        if (!await _probe.LogInAsync(LogInAsync, ct))
            return _probe.Probe;
        var rights = await host.Api.PermissionsAsync(null, ct);
        if (!rights.May("Sys.Audit", "/"))
        {
            Add(CheckNames.Permissions, HostCheckState.Failed, Missing(["Sys.Audit on /"]));
            return _probe.Probe;
        }
        var cluster = await host.Api.ClusterAsync(ct);
        var node = host.Learn(cluster);
        AddRights(rights, node);
        AddQuorum(cluster, node);
        await TryAsync(CheckNames.Ha, token => CheckHaAsync(rights, token), ct);
        await TryAsync(CheckNames.Clock, token => CheckClockAsync(node, token), ct);
        await TryAsync(CheckNames.Guests, token => CheckGuestsAsync(node, token), ct);
        return _probe.Probe;
    }

    private async Task<Sentence> LogInAsync(CancellationToken ct)
    {
        var version = await host.Api.VersionAsync(ct);
        // "9.2.1", "8.4-1", "9.0~beta".
        var digits = new string([.. version.TakeWhile(c => char.IsAsciiDigit(c) || c == '.')]).TrimEnd('.');
        _version = Version.TryParse(digits.Contains('.') ? digits : digits + ".0", out var read) ? read : null;
        return Sentence.Of($"logged in as {host.Api.Client.Login}, Proxmox VE {version}");
    }

    private void AddRights(ProxmoxPermissions rights, string node)
    {
        var missing = new List<string>();
        Need("VM.Audit", "/vms");
        Need("VM.PowerMgmt", "/vms");
        Need("Sys.PowerMgmt", $"/nodes/{node}");
        if (missing.Count > 0)
            Add(CheckNames.Permissions, HostCheckState.Failed, Missing(missing));
        else if (Hidden(rights) is { Count: > 0 } hidden)
            Add(CheckNames.Permissions, HostCheckState.Failed, $"it may not see or stop all guests: {Names(hidden)}");
        else if (!MaySave(rights))
            Add(
                CheckNames.Permissions,
                HostCheckState.Warning,
                $"guests can be shut down, but not hibernated: that needs VM.Config.Disk on /vms, and Datastore.AllocateSpace on their storage"
            );
        else
            Add(CheckNames.Permissions, HostCheckState.Ok, $"may see, stop and start guests, and shut the node down");

        void Need(string privilege, string path)
        {
            if (!rights.May(privilege, path))
                missing.Add($"{privilege} on {path}");
        }
    }

    /// <summary>Guests that have rules of their own, which leave the account out.</summary>
    private static List<string> Hidden(ProxmoxPermissions rights) =>
        [
            .. rights
                .Paths.Where(p => p.StartsWith("/vms/", StringComparison.Ordinal))
                .Where(p => !rights.May("VM.Audit", p) || !rights.May("VM.PowerMgmt", p))
                .Order(StringComparer.Ordinal),
        ];

    private static bool MaySave(ProxmoxPermissions rights) =>
        rights.May("VM.Config.Disk", "/vms")
        && rights
            .Paths.Where(p => p == "/" || p == "/storage" || p.StartsWith("/storage/", StringComparison.Ordinal))
            .Any(p => rights.May("Datastore.AllocateSpace", p));

    private Sentence Missing(IReadOnlyList<string> rights)
    {
        var needed = string.Join(", ", rights);
        return host.Api.Client.Login.TokenId is null
            ? Sentence.Of($"the account needs {needed}")
            : Sentence.Of(
                $"the account needs {needed}; a token with privilege separation needs them itself, and so does its user"
            );
    }

    private void AddQuorum(ProxmoxCluster cluster, string node)
    {
        var name = cluster.Name is null
            ? Sentence.Of($"{node} is in no cluster")
            : Sentence.Of($"{node} of the cluster {cluster.Name}");
        var off = cluster.Nodes.Where(n => !n.Online).Select(n => n.Name).ToList();
        if (ProxmoxInventory.NotReady(cluster) is { } words)
            Add(CheckNames.Quorum, HostCheckState.Failed, $"{words}: no guest can be started, and nothing changed");
        else if (off.Count > 0)
            Add(CheckNames.Quorum, HostCheckState.Warning, $"{name}: quorate without {string.Join(", ", off)}");
        else if (cluster.Nodes.Count == 2)
            Add(
                CheckNames.Quorum,
                HostCheckState.Warning,
                $"{name}: of two nodes, the first one to come back starts no guest before the other one is there"
            );
        else
            Add(
                CheckNames.Quorum,
                HostCheckState.Ok,
                cluster.Name is null ? name : Sentence.Of($"{name}: quorate, {cluster.Nodes.Count} nodes")
            );
    }

    private async Task CheckHaAsync(ProxmoxPermissions rights, CancellationToken ct)
    {
        var ha = await host.Api.HaAsync(ct);
        var errors = ha.Services.Where(s => s.State is "error" or "fence" or "recovery").ToList();
        if (ha.Services.Count == 0)
            Add(CheckNames.Ha, HostCheckState.Ok, $"HA manages no guests");
        else if (ha.Armed is "disarmed" or "disarming")
            Add(CheckNames.Ha, HostCheckState.Warning, $"HA is {ha.Armed}: nothing is recovered when a node fails");
        else if (errors.Count > 0)
            Add(
                CheckNames.Ha,
                HostCheckState.Warning,
                $"HA takes no orders for {Names(errors.Select(s => $"{s.Sid} ({s.State})"))}: set them to disabled and repair them"
            );
        else if (ha.Armed is null || _version < new Version(9, 2))
            Add(CheckNames.Ha, HostCheckState.Warning, await TrapAsync(ha, ct));
        else if (!rights.May("Sys.Console", "/"))
            Add(
                CheckNames.Ha,
                HostCheckState.Warning,
                Sentence.Of($"{await TrapAsync(ha, ct)}; HA can be disarmed here, which needs Sys.Console on /")
            );
        else
            Add(
                CheckNames.Ha,
                HostCheckState.Ok,
                $"HA manages {ha.Services.Count} guests and can be disarmed: let a plan do so before it stops them"
            );
    }

    /// <summary>What HA does when a node shuts down while its guests are to stay off.</summary>
    private async Task<Sentence> TrapAsync(ProxmoxHa ha, CancellationToken ct)
    {
        var policy = await host.Api.ShutdownPolicyAsync(ct);
        var count = Sentence.Of($"HA manages {ha.Services.Count} guests");
        return policy switch
        {
            "freeze" => Sentence.Of($"{count}; by the policy freeze they stay where they are when a node shuts down"),
            "migrate" => Sentence.Of(
                $"{count}; by the policy migrate a node that shuts down moves them away first, and hangs when there is nowhere to go"
            ),
            _ => Sentence.Of(
                $"{count}; by the policy {policy} the other nodes start those again that a node leaves behind: stop them before their node, all nodes in one plan"
            ),
        };
    }

    private async Task CheckClockAsync(string node, CancellationToken ct)
    {
        var before = time.GetUtcNow();
        if (await host.Api.ClockAsync(node, ct) is not { } seconds || seconds is < 0 or > 99_999_999_999)
            return;
        // Told in whole seconds.
        var off = DateTimeOffset.FromUnixTimeSeconds(seconds) - before;
        var differs = off.Duration() > ClockMayDiffer;
        Add(
            CheckNames.Clock,
            differs ? HostCheckState.Warning : HostCheckState.Ok,
            differs ? ClockCheck.Off(off) : Sentence.Of($"its clock agrees with ours")
        );
    }

    private async Task CheckGuestsAsync(string node, CancellationToken ct)
    {
        var listed = await host.Api.GuestsOfAsync(node, full: false, ct);
        var guests = listed.Where(g => !g.Template).ToList();
        var locked = guests
            .Where(g => g.Lock is not (null or "suspended"))
            .Select(g => $"{g.Name} ({g.Lock})")
            .ToList();
        var running = guests.Count(g => g.Status == "running");
        Add(
            CheckNames.Guests,
            locked.Count > 0 ? HostCheckState.Warning : HostCheckState.Ok,
            locked.Count == 0
                ? Sentence.Of($"{guests.Count} guests, {running} running")
                : Sentence.Of(
                    $"{guests.Count} guests, {running} running; locked, and deaf to orders until that is over: {Names(locked)}"
                )
        );
        AddAgents(guests, await ProxmoxInventory.AgentsAsync(host, node, guests, ct));
        await AddHiddenAsync(node, listed, ct);
    }

    private async Task AddHiddenAsync(string node, IReadOnlyList<ProxmoxGuest> listed, CancellationToken ct)
    {
        if (host.Known.Count == 0)
            return;
        var realm = await host.RealmAsync(await host.Api.ClusterAsync(ct), ct);
        var unseen = await host.Hidden.LookAsync(host, realm, node, listed, ct);
        if (unseen.Told.Count > 0)
            Add(CheckNames.Hidden, HostCheckState.Failed, $"guests seen before are out of sight: {unseen.Words}");
    }

    private void AddAgents(List<ProxmoxGuest> guests, IReadOnlyDictionary<long, AgentState> agents)
    {
        var dead = guests.Where(g => agents.GetValueOrDefault(g.Id) == AgentState.Silent).Select(g => g.Name).ToList();
        if (dead.Count > 0)
            Add(
                CheckNames.Agents,
                HostCheckState.Warning,
                $"enabled and not answering, so that a shutdown would wait in vain: {Names(dead)}"
            );
        else if (agents.Values.Any(a => a == AgentState.Unknown))
        {
            var right = _version < new Version(9, 0) ? "VM.Monitor" : "VM.GuestAgent.Audit";
            Add(CheckNames.Agents, HostCheckState.Warning, $"cannot be asked: that needs {right} on /vms");
        }
        else if (agents.Values.Count(a => a == AgentState.Running) is > 0 and var answering)
            Add(CheckNames.Agents, HostCheckState.Ok, $"{answering} guest agents are enabled, and answer");
    }

    private void Add(CheckName name, HostCheckState state, Sentence says) => _probe.Add(name, state, says);

    private static Sentence Names(IEnumerable<string> names) => Named.Of([.. names], MostNamed);

    /// <summary>One check that fails does not end the others.</summary>
    private async Task TryAsync(CheckName name, Func<CancellationToken, Task> check, CancellationToken ct)
    {
        try
        {
            await check(ct);
        }
        catch (DeviceException e)
        {
            Add(name, HostCheckState.Failed, Sentence.Verbatim(e.Message));
        }
    }
}
