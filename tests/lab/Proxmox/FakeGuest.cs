namespace VmPowerManager.Lab.Proxmox;

/// <summary>A guest of the stand-in, and how it behaves.</summary>
public sealed class FakeGuest
{
    public required long Id { get; init; }
    public string Name { get; set; } = "";

    /// <summary><c>qemu</c> or <c>lxc</c>.</summary>
    public string Kind { get; init; } = "qemu";
    public required string Node { get; set; }
    public bool Running { get; set; } = true;
    public bool Paused { get; set; }
    public bool Template { get; init; }

    /// <summary><c>backup</c>, <c>migrate</c>, <c>suspended</c> ...</summary>
    public string? Lock { get; set; }
    public bool AgentEnabled { get; set; }
    public bool AgentAnswers { get; set; }

    /// <summary>From a request until it is off; null: it does not heed it.</summary>
    public TimeSpan? ShutdownTakes { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>So many requests are lost, as a guest in its boot loses them.</summary>
    public int LosesRequests { get; set; }
    public TimeSpan StartTakes { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Managed by HA: wanted <c>started</c>, <c>stopped</c>, <c>disabled</c>, <c>ignored</c>; null: not managed.</summary>
    public string? HaWants { get; set; }

    /// <summary>What HA's manager makes of it: <c>started</c>, <c>stopped</c>, <c>error</c> ...</summary>
    public string HaState { get; set; } = "started";
    public string Mac { get; init; } = "BC:24:11:00:00:01";

    /// <summary>What the cluster last heard of it: <c>/cluster/resources</c> lags behind.</summary>
    public bool SaidRunning { get; set; } = true;

    /// <summary>Orders it was given, for the tests: <c>shutdown</c>, <c>stop</c> ...</summary>
    public List<string> Orders { get; } = [];

    /// <summary>Held by the task that changes it.</summary>
    internal SemaphoreSlim Held { get; } = new(1, 1);

    public string Sid => $"{(Kind == "lxc" ? "ct" : "vm")}:{Id}";
    public string Status => Running ? "running" : "stopped";

    public void Stop() => (Running, Paused) = (false, false);
}
