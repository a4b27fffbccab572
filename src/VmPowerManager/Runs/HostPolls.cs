using System.Collections.Immutable;
using VmPowerManager.Core.Engine;
using VmPowerManager.Hosts;

namespace VmPowerManager.Runs;

/// <summary>Looks at a host once a second for as long as some run wants it (C3: verification), one call a host however
/// many guests and plans. Any thread.</summary>
public sealed partial class HostPolls(IHostPower power, IHostFeed feed, TimeProvider time, ILogger<HostPolls> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly HostLook _look = new(power, feed, time);
    private readonly Lock _gate = new();
    private readonly Dictionary<PlanLoop, ImmutableSortedSet<int>> _wanted = [];
    private readonly Dictionary<int, CancellationTokenSource> _polls = [];

    /// <summary>The hosts that <paramref name="loop"/> wants from now on; empty when it wants none.</summary>
    public void Want(PlanLoop loop, ImmutableSortedSet<int> hosts)
    {
        lock (_gate)
        {
            if (hosts.IsEmpty)
                _wanted.Remove(loop);
            else
                _wanted[loop] = hosts;
            var all = _wanted.Values.SelectMany(h => h).ToHashSet();
            foreach (var host in all.Where(h => !_polls.ContainsKey(h)))
            {
                var stop = _polls[host] = new CancellationTokenSource();
                _ = Task.Run(() => PollAsync(host, stop.Token), CancellationToken.None);
            }
            foreach (var (host, stop) in _polls.Where(p => !all.Contains(p.Key)).ToList())
            {
                stop.Cancel();
                stop.Dispose();
                _polls.Remove(host);
            }
        }
    }

    /// <summary>Somebody wants this host every second.</summary>
    public bool Polled(int hostId)
    {
        lock (_gate)
            return _polls.ContainsKey(hostId);
    }

    /// <summary>As <see cref="HostLook.ToObservation"/>.</summary>
    public Observation ToObservation(HostSnapshot host, TimeSpan now) => _look.ToObservation(host, now);

    private async Task PollAsync(int hostId, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                var started = time.GetTimestamp();
                Tell(hostId, await _look.AtAsync(hostId, ct));
                var left = Interval - time.GetElapsedTime(started);
                if (left > TimeSpan.Zero)
                    await Task.Delay(left, time, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogBug(hostId, e);
                await Task.Delay(Interval, time, CancellationToken.None);
            }
        }
    }

    private void Tell(int hostId, Observation observation)
    {
        PlanLoop[] loops;
        lock (_gate)
            loops = [.. _wanted.Where(w => w.Value.Contains(hostId)).Select(w => w.Key)];
        foreach (var loop in loops)
            loop.Post(observation);
    }

    [LoggerMessage(LogLevel.Error, "Polling host {HostId} failed by a bug")]
    private partial void LogBug(int hostId, Exception e);
}
