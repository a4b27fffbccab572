using System.Globalization;

namespace VmPowerManager.Lab.Proxmox;

/// <summary>What is asked of a guest.</summary>
public sealed partial class FakeApi
{
    /// <summary>Rights are looked at before anything else: who may not see a guest is not told whether there is one.</summary>
    private FakeGuest Guest(Asked asked, string node, string kind, string id)
    {
        if (asked is { Method: "GET", Parts: [_, _, _, _, "status" or "config", ..] })
            asked.Needs($"/vms/{id}", "VM.Audit");
        var folder = kind == "lxc" ? "lxc" : "qemu-server";
        return
            cluster.Guests.TryGetValue(long.Parse(id, CultureInfo.InvariantCulture), out var guest)
            && guest.Node == node
            && guest.Kind == kind
            ? guest
            : throw new FakeRefusalException(
                500,
                $"Configuration file 'nodes/{node}/{folder}/{id}.conf' does not exist"
            );
    }

    private object? OfGuest(Asked asked, FakeGuest guest)
    {
        var path = $"/vms/{guest.Id}";
        switch (asked.Method, string.Join('/', asked.Parts.Skip(4)))
        {
            case ("GET", "status/current"):
                asked.Needs(path, "VM.Audit");
                return Current(guest);
            case ("GET", "config"):
                asked.Needs(path, "VM.Audit");
                return new { name = guest.Name, net0 = $"virtio={guest.Mac},bridge=vmbr0,firewall=1" };
            case ("POST", "agent/ping"):
                asked.Needs(path, IsOlderThan("9.0") ? "VM.Monitor" : "VM.GuestAgent.Audit");
                if (!guest.AgentEnabled)
                    throw new FakeRefusalException(500, "No QEMU guest agent configured");
                return guest is { AgentAnswers: true, Running: true }
                    ? new { result = new { } }
                    : throw new FakeRefusalException(500, "QEMU guest agent is not running");
            case (
                "POST",
                "status/" + "shutdown"
                    or "status/stop"
                    or "status/start"
                    or "status/suspend"
                    or "status/resume"
                    or "status/reboot"
            ):
                asked.Needs(path, "VM.PowerMgmt");
                return Order(asked, guest, asked.Parts[5]);
            default:
                throw asked.Unknown();
        }
    }

    private static Dictionary<string, object> Current(FakeGuest guest)
    {
        var told = Listed(guest, true);
        told["ha"] = guest.HaWants is null ? new { managed = 0 } : new { managed = 1, state = guest.HaState };
        if (guest.AgentEnabled)
            told["agent"] = 1;
        return told;
    }

    private string Order(Asked asked, FakeGuest guest, string verb)
    {
        lock (guest.Orders)
            guest.Orders.Add(verb);
        var owner = asked.Who.Id;
        var ha = cluster.Ha.Manages(guest);
        switch (verb)
        {
            case "shutdown":
                asked.Takes("timeout", "forceStop");
                if (guest.Paused)
                    throw new FakeRefusalException(500, "VM is paused - cannot shutdown");
                var seconds = asked.Seconds("timeout", 60);
                return ha
                    ? Request("hastop", guest, owner, () => cluster.Ha.RequestStop(guest, seconds))
                    : cluster.Power.Shutdown(guest, seconds, asked.Says("forceStop"), owner);
            case "stop":
                return Stop(asked, guest, ha);
            case "start":
                NeedsQuorum("cluster not ready - no quorum?");
                return ha
                    ? Request("hastart", guest, owner, () => FakeHa.RequestStart(guest))
                    : cluster.Power.Start(guest, owner);
            case "suspend":
                return Suspend(asked, guest);
            case "resume":
                return cluster.Power.Resume(guest, owner);
            default:
                return cluster.Power.Reboot(guest, owner);
        }
    }

    private string Stop(Asked asked, FakeGuest guest, bool ha)
    {
        if (IsOlderThan("8.2"))
            asked.Takes("timeout");
        asked.Takes("timeout", "overrule-shutdown");
        var overrules = asked.Says("overrule-shutdown");
        if (ha && overrules)
            throw new FakeRefusalException(
                400,
                "Parameter verification failed.",
                new() { ["overrule-shutdown"] = "Not applicable for HA resources." }
            );
        if (ha)
            return Request("hastop", guest, asked.Who.Id, () => cluster.Ha.RequestStop(guest, 0));
        if (overrules)
            cluster.Tasks.Abort(guest.Kind == "lxc" ? "vzshutdown" : "qmshutdown", guest.Id);
        return cluster.Power.Stop(guest, asked.Who.Id);
    }

    private string Suspend(Asked asked, FakeGuest guest)
    {
        if (guest.Kind == "lxc" || !asked.Says("todisk"))
            throw new FakeRefusalException(500, "not modelled");
        if (!guest.Running)
            throw new FakeRefusalException(500, $"VM {guest.Id} not running");
        if (cluster.Ha.Manages(guest))
            throw new FakeRefusalException(500, "Cannot suspend HA managed VM to disk");
        asked.Needs($"/vms/{guest.Id}", "VM.Config.Disk");
        asked.Needs("/storage/local", "Datastore.AllocateSpace");
        return cluster.Power.Hibernate(guest, asked.Who.Id);
    }

    /// <summary>The task is done when HA has taken the request, whatever comes of it.</summary>
    private string Request(string type, FakeGuest guest, string owner, Func<string> ask) =>
        cluster.Tasks.Run(
            guest.Node,
            type,
            guest.Id.ToString(CultureInfo.InvariantCulture),
            owner,
            _ => Task.FromResult(ask())
        );
}
