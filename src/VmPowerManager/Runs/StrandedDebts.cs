using VmPowerManager.Core;
using VmPowerManager.Core.Engine;
using VmPowerManager.Events;
using VmPowerManager.Hosts;

namespace VmPowerManager.Runs;

/// <summary>The engine pays a debt when the host that made it answers. Where that one does not come back, and what was done
/// concerns its whole cluster, this asks for it to be paid through another host of the cluster, with growing pauses.</summary>
internal sealed class StrandedDebts(PlanLoops loops, IHostFeed hosts, EventLog events, TimeProvider time)
    : IHostedService
{
    private const string Actor = "VM Host Power Manager";
    private static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);
    private readonly Lock _gate = new();
    private readonly Dictionary<(int PlanId, long DebtId), (int Times, TimeSpan At)> _asked = [];
    private IDisposable? _following;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _following = hosts.Subscribe(Seen);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _following?.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>Every host is seen once a minute.</summary>
    private void Seen(HostSnapshot host)
    {
        if (host.SharedPreparations.Count == 0)
            return;
        foreach (var loop in loops.All)
            if (loop.View is { State.Debts.Length: > 0 } view && DebtWays.Stranded(view, hosts.Hosts) is { } stranded)
                Ask(loop, view, stranded.Debt, stranded.Through);
    }

    private void Ask(PlanLoop loop, PlanView view, Debt debt, HostSnapshot through)
    {
        lock (_gate)
        {
            var (times, at) = _asked.GetValueOrDefault((loop.PlanId, debt.Id));
            if (times > 0 && time.Elapsed() - at < PauseAfter(times))
                return;
            _asked[(loop.PlanId, debt.Id)] = (times + 1, time.Elapsed());
            foreach (
                var paid in _asked.Keys.Where(k =>
                    k.PlanId == loop.PlanId && view.State.Debts.All(d => d.Id != k.DebtId)
                )
            )
                _asked.Remove(paid);
        }
        events.Append(
            new NewEvent(
                "debt.otherWay",
                Severity.Info,
                view.Model.Definition.Name,
                $"{debt.Target.Name} does not answer. What was done there is undone through {through.Name}: {debt.What}."
            )
            {
                PlanId = loop.PlanId,
                RunId = debt.RunId == 0 ? null : debt.RunId,
            }
        );
        loop.Post(new DebtSettled(debt.Id, Actor, TryAgain: true));
    }

    private static TimeSpan PauseAfter(int times)
    {
        var pause = FirstPause * Math.Pow(2, Math.Clamp(times - 1, 0, 10));
        return pause < LongestPause ? pause : LongestPause;
    }
}
