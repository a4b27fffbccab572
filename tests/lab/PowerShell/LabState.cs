using System.Text.Json;
using System.Text.Json.Serialization;

namespace VmPowerManager.LabPowerShell;

/// <summary>A Hyper-V host in a file ($HYPERV_STATE): read, changed and written under a lock by each cmdlet. Time makes what
/// was begun come true: a state that is due replaces the one before it when somebody looks.</summary>
public sealed class LabState
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public string Uuid { get; set; } = "4C4C4544-0000-4000-8000-0000000000AA";
    public string Computer { get; set; } = "HYPERV1";

    /// <summary>The PowerShell module of Hyper-V is installed.</summary>
    public bool Module { get; set; } = true;

    /// <summary>This user may not manage Hyper-V.</summary>
    public bool Denied { get; set; }

    /// <summary>SIDs of the groups of this logon, and those that it holds for denying only, as a filtered token does.</summary>
    public List<string> Groups { get; set; } = ["S-1-5-32-578"];
    public List<string> DenyOnly { get; set; } = [];

    /// <summary>Hyper-V shows its machines to its own administrators and to those of the machine.</summary>
    internal bool Sees => Groups.Except(DenyOnly).Any(g => g is "S-1-5-32-578" or "S-1-5-32-544");
    public LabCluster? Cluster { get; set; }
    public List<LabVm> Vms { get; set; } = [];

    /// <summary>What was done, in order: <c>shutdown web01</c> ...</summary>
    public List<string> Log { get; set; } = [];

    public bool Knows(string noun) =>
        noun.StartsWith("VM", StringComparison.Ordinal) ? Module
        : noun.StartsWith("Cluster", StringComparison.Ordinal) ? Cluster is { Tools: true }
        : true;

    public static LabState Load() => With(_ => { });

    /// <summary>Looks, changes, writes.</summary>
    public static LabState With(Action<LabState> change)
    {
        var path =
            Environment.GetEnvironmentVariable("HYPERV_STATE")
            ?? throw new InvalidOperationException("HYPERV_STATE is not set");
        using var file = Open(path);
        var state = file.Length == 0 ? new() : JsonSerializer.Deserialize<LabState>(file, Options) ?? new();
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var vm in state.Vms)
            vm.Settle(now);
        change(state);
        file.SetLength(0);
        JsonSerializer.Serialize(file, state, Options);
        return state;
    }

    private static FileStream Open(string path)
    {
        for (var i = 0; ; i++)
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (i < 500)
            {
                // Another of us has it.
                Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System).Wait();
            }
    }
}

/// <param name="Tools">The PowerShell module of failover clusters is installed.</param>
/// <param name="Words">Why the cluster does not answer; null: it does.</param>
/// <param name="Member">The machine is a node of it; false: only the tools are here.</param>
public sealed record LabCluster(
    string Id,
    string Name,
    int Roles,
    bool Tools = true,
    string? Words = null,
    bool Member = true
);

/// <summary>A virtual machine.</summary>
public sealed class LabVm
{
    public required string Id { get; set; }
    public required string Name { get; set; }
    public string State { get; set; } = "Off";

    /// <summary>Of the integration service that shuts down: enabled in the settings.</summary>
    public bool Integration { get; set; } = true;

    /// <summary>How the guest takes a shutdown: <c>ok</c>, <c>locked</c> (only by force), <c>ignore</c>, <c>silent</c> (its
    /// services do not answer).</summary>
    public string Guest { get; set; } = "ok";

    /// <summary>How long shutdown, save and start take, in milliseconds.</summary>
    public int Takes { get; set; }
    public string StartAction { get; set; } = "StartIfRunning";
    public string StopAction { get; set; } = "Save";
    public int StartDelay { get; set; }
    public string Mac { get; set; } = "00155D000001";

    /// <summary>Why every order fails: a checkpoint is being made, the storage is gone ...</summary>
    public string? Fault { get; set; }
    public string? Next { get; set; }
    public long At { get; set; }

    public void Settle(long now)
    {
        if (Next is null || now < At)
            return;
        (State, Next) = (Next, null);
    }

    /// <summary>Goes through <paramref name="meanwhile"/> for as long as it takes.</summary>
    public void Go(string meanwhile, string end)
    {
        At = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() + Takes;
        (State, Next) = Takes == 0 ? (end, null) : (meanwhile, end);
    }
}
