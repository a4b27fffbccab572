using System.Globalization;

namespace VmPowerManager.Lab.Proxmox;

/// <summary>What becomes of orders to guests: each is a task, and holds the guest's lock while it lasts.</summary>
public sealed class FakePower(FakeCluster cluster)
{
    /// <summary>How long an order waits for another one's lock; ten seconds on a real node.</summary>
    public TimeSpan LockWait { get; set; } = TimeSpan.FromSeconds(1);

    public string Shutdown(FakeGuest guest, double seconds, bool force, string owner) =>
        Run(
            guest,
            guest.Kind == "lxc" ? "vzshutdown" : "qmshutdown",
            owner,
            async ct =>
            {
                if (Blocked(guest) is { } lockWords)
                    return lockWords;
                if (!guest.Running)
                    return "OK";
                var limit = TimeSpan.FromSeconds(seconds);
                if (await HeedsAsync(guest, limit, ct) || force)
                {
                    guest.Stop();
                    return "OK";
                }
                return guest.Kind == "lxc" ? "container did not stop" : "VM quit/powerdown failed - got timeout";
            }
        );

    public string Stop(FakeGuest guest, string owner) =>
        Run(
            guest,
            guest.Kind == "lxc" ? "vzstop" : "qmstop",
            owner,
            async ct =>
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, ct);
                guest.Stop();
                return "OK";
            }
        );

    public string Start(FakeGuest guest, string owner) =>
        Run(
            guest,
            guest.Kind == "lxc" ? "vzstart" : "qmstart",
            owner,
            async ct =>
            {
                if (guest.Lock is { } held and not "suspended")
                    return Locked(guest, held);
                if (guest.Running)
                    return $"VM {guest.Id} already running";
                await Task.Delay(guest.StartTakes, TimeProvider.System, ct);
                (guest.Running, guest.Lock) = (true, null);
                return "OK";
            }
        );

    public string Hibernate(FakeGuest guest, string owner) =>
        Run(
            guest,
            "qmsuspend",
            owner,
            async ct =>
            {
                if (Blocked(guest) is { } lockWords)
                    return lockWords;
                guest.Lock = "suspending";
                await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, ct);
                guest.Stop();
                guest.Lock = "suspended";
                return "OK";
            }
        );

    public string Resume(FakeGuest guest, string owner) =>
        Run(
            guest,
            "qmresume",
            owner,
            _ =>
            {
                guest.Paused = false;
                return Task.FromResult("OK");
            }
        );

    public string Reboot(FakeGuest guest, string owner) =>
        Run(
            guest,
            "qmreboot",
            owner,
            async ct =>
            {
                if (!await HeedsAsync(guest, TimeSpan.FromSeconds(5), ct))
                    return "VM quit/powerdown failed - got timeout";
                await Task.Delay(guest.StartTakes, TimeProvider.System, ct);
                return "OK";
            }
        );

    private static async Task<bool> HeedsAsync(FakeGuest guest, TimeSpan limit, CancellationToken ct)
    {
        // With the agent enabled, it alone is asked: there is no falling back to the power button.
        var heard = !guest.AgentEnabled || guest.AgentAnswers;
        if (guest.LosesRequests > 0)
        {
            guest.LosesRequests--;
            heard = false;
        }
        var takes = heard && !guest.Paused ? guest.ShutdownTakes : null;
        var heeds = takes <= limit;
        await Task.Delay(heeds ? takes ?? limit : limit, TimeProvider.System, ct);
        return heeds;
    }

    private string Run(FakeGuest guest, string type, string owner, Func<CancellationToken, Task<string>> work) =>
        cluster.Tasks.Run(
            guest.Node,
            type,
            guest.Id.ToString(CultureInfo.InvariantCulture),
            owner,
            async ct =>
            {
                if (!await guest.Held.WaitAsync(LockWait, ct))
                    return $"can't lock file '/var/lock/qemu-server/lock-{guest.Id}.conf' - got timeout";
                try
                {
                    return await work(ct);
                }
                finally
                {
                    guest.Held.Release();
                }
            }
        );

    private static string? Blocked(FakeGuest guest) => guest.Lock is { } held ? Locked(guest, held) : null;

    private static string Locked(FakeGuest guest, string held) =>
        guest.Kind == "lxc" ? $"CT is locked ({held})" : $"VM is locked ({held})";
}
