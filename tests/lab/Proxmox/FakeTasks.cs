using System.Collections.Concurrent;
using System.Globalization;

namespace VmPowerManager.Lab.Proxmox;

/// <summary>Something that goes on after the answer.</summary>
public sealed class FakeTask(string upid, string node, string type, string id, string owner)
{
    public string Upid => upid;
    public string Node => node;
    public string Type => type;
    public string Id => id;
    public string Owner => owner;
    public string? Exit { get; set; }
    public CancellationTokenSource Stop { get; } = new();
}

/// <summary>All tasks of the cluster.</summary>
public sealed class FakeTasks
{
    private readonly ConcurrentDictionary<string, FakeTask> _tasks = new();
    private int _last = 0x1000;

    public IEnumerable<FakeTask> All => _tasks.Values;

    /// <param name="work">Returns the exit status.</param>
    public string Run(string node, string type, string id, string owner, Func<CancellationToken, Task<string>> work)
    {
        var number = Interlocked.Increment(ref _last);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var upid = string.Create(
            CultureInfo.InvariantCulture,
            $"UPID:{node}:{number:X8}:{number * 7:X8}:{now:X8}:{type}:{id}:{owner}:"
        );
        var task = _tasks[upid] = new FakeTask(upid, node, type, id, owner);
        _ = Task.Run(async () =>
        {
            try
            {
                task.Exit = await work(task.Stop.Token);
            }
            catch (OperationCanceledException)
            {
                task.Exit = "unexpected status";
            }
        });
        return upid;
    }

    public FakeTask Find(string upid) =>
        _tasks.GetValueOrDefault(upid) ?? throw new FakeRefusalException(500, "no such task");

    public object Status(string upid)
    {
        var task = Find(upid);
        return task.Exit is { } exit
            ? new
            {
                upid,
                node = task.Node,
                type = task.Type,
                id = task.Id,
                user = task.Owner,
                status = "stopped",
                exitstatus = exit,
            }
            : new
            {
                upid,
                node = task.Node,
                type = task.Type,
                id = task.Id,
                user = task.Owner,
                status = "running",
            };
    }

    /// <summary>Ends those of a guest.</summary>
    public void Abort(string type, long guest)
    {
        var id = guest.ToString(CultureInfo.InvariantCulture);
        foreach (var task in All.Where(t => t.Exit is null && t.Type == type && t.Id == id))
            task.Stop.Cancel();
    }
}
