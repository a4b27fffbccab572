using System.Globalization;

namespace VmPowerManager.Lab.Proxmox;

/// <summary>The cluster's HA: it takes requests at once and carries them out in its own time; what runs against its will is
/// started again; what a node that went away had, others start.</summary>
public sealed class FakeHa(FakeCluster cluster)
{
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(50);
    private readonly Dictionary<long, double> _stopping = [];

    /// <summary><c>armed</c>, <c>disarming</c>, <c>disarmed</c>.</summary>
    public string Armed { get; private set; } = "armed";

    /// <summary>What became of guests when it was disarmed: <c>ignore</c>, <c>freeze</c>.</summary>
    public string? Mode { get; set; }

    /// <summary>From a request until HA acts on it; ten seconds and more on a real cluster.</summary>
    public TimeSpan Lag { get; set; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Something is being fenced or recovered: disarming waits.</summary>
    public bool Busy { get; set; }

    /// <summary>Whether orders to this guest become requests.</summary>
    public bool Manages(FakeGuest guest) => guest.HaWants is not (null or "ignored") && Armed != "disarmed";

    public void Disarm()
    {
        if (Armed == "armed")
            Armed = "disarming";
    }

    /// <summary>What is wanted started and is not, is started: also what somebody stopped meanwhile.</summary>
    public void Arm() => Armed = "armed";

    /// <summary>The exit status of the task that asks for it.</summary>
    public string RequestStop(FakeGuest guest, double seconds)
    {
        if (guest.HaState == "error")
        {
            var told = seconds.ToString(CultureInfo.InvariantCulture);
            return $"command 'ha-manager crm-command stop {guest.Sid} {told}' failed: exit code 255";
        }
        lock (_stopping)
            _stopping[guest.Id] = seconds;
        guest.HaWants = "stopped";
        return "OK";
    }

    public static string RequestStart(FakeGuest guest)
    {
        if (guest.HaState == "error")
            return $"command 'ha-manager set {guest.Sid} --state started' failed: exit code 255";
        guest.HaWants = "started";
        return "OK";
    }

    public static void Set(FakeGuest guest, string state)
    {
        if (guest.HaState == "error" && state == "disabled")
            guest.HaState = "stopped";
        guest.HaWants = state;
    }

    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Lag > Round ? Lag : Round, TimeProvider.System, ct);
                if (Armed == "disarming" && !Busy)
                    Armed = "disarmed";
                if (Armed == "armed" && cluster.Quorate)
                    foreach (var guest in cluster.Guests.Values.Where(Manages))
                        Look(guest);
            }
        }
        catch (OperationCanceledException) { }
    }

    private void Look(FakeGuest guest)
    {
        if (guest.HaState == "error")
            return;
        if (cluster.Node(guest.Node) is { Online: false } && guest.HaWants == "started" && cluster.Policy != "freeze")
        {
            // The node shut down or died: whoever is left takes its guests over.
            guest.Node = cluster.Nodes.First(n => n.Online).Name;
            guest.Running = true;
            return;
        }
        guest.HaState =
            guest.HaWants == "started" ? "started"
            : guest.Running ? "request_stop"
            : "stopped";
        if (guest is { HaWants: "started", Running: false } && cluster.Node(guest.Node).Online)
            guest.Running = true;
        double seconds;
        lock (_stopping)
            if (!_stopping.Remove(guest.Id, out seconds))
                return;
        // HA forces what does not heed it in time, whatever the one who asked thinks of that.
        cluster.Power.Shutdown(guest, seconds, force: true, "root@pam");
    }
}
