using VmPowerManager.Core.Plans;

namespace VmPowerManager.Core.Engine;

/// <summary>Targets that run the server of a UPS (A10).</summary>
internal sealed partial class Turn
{
    /// <summary>A10: once we have stopped what serves a UPS, or the network to it, its silence says nothing: runtime goes on
    /// as last value minus elapsed, and the return of mains is unknown.</summary>
    private void ExpectLosses()
    {
        if (Model.Servers.Count == 0)
            return;
        var pathIsDown = Model.Hosts.Values.Any(h =>
            h.Rank == HostRank.Network && StoppedByUs(TargetRef.HostKey(h.Id))
        );
        foreach (var (upsId, server) in Model.Servers)
        {
            if (!_state.Upses.TryGetValue(upsId, out var ups))
                continue;
            var expected =
                pathIsDown
                || StoppedByUs(TargetRef.HostKey(server.HostId))
                || (server.GuestKey is { } guest && StoppedByUs(guest));
            if (ups.LossExpected != expected)
                _state = _state with { Upses = _state.Upses.SetItem(upsId, ups with { LossExpected = expected }) };
        }
    }

    private bool StoppedByUs(string key) =>
        EntryOf(key) is { Stopped: true } and ({ AskedAt: not null } or { SeenOff: true });

    /// <summary>It serves a UPS, and others of the plan that are in danger are still up (A10): it stops after them. Its own
    /// host waits for it, not it for its host.</summary>
    private bool ServesOthers(StepState step, int rank) =>
        rank is Ranks.ServingGuest or Ranks.ServingHost
        && Run is { } run
        && run.Steps.Any(s =>
            !s.Terminal
            && StepList.RankOf(Model, s) < rank
            && !(s.Target.Kind == TargetKind.Host && s.Target.HostId == HostOf(step.Target))
            && (s.Selected || Fails(SupplyOf(s.Target)))
        );
}
