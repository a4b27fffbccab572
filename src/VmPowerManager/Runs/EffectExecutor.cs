using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Hosts;
using VmPowerManager.Plans.Requests;
using VmPowerManager.Protocols;

namespace VmPowerManager.Runs;

/// <summary>Carries out what the engine decided. Each effect ends in exactly one <see cref="EffectEnded"/>.</summary>
public sealed partial class EffectExecutor(
    IHostPower power,
    IHostFeed feed,
    UpsEffects upses,
    EffectProbe probe,
    RequestSender requests,
    ILogger<EffectExecutor> logger
)
{
    private static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BeforeLimit = TimeSpan.FromSeconds(5);

    /// <summary>Returns at once; <paramref name="onEnded"/> is called when it is over.</summary>
    /// <param name="view">The plan as it stood when this was decided: what placeholders stand for.</param>
    public void Issue(Effect effect, PlanView view, Action<EffectEnded> onEnded, CancellationToken ct) =>
        _ = Task.Run(() => CarryAsync(effect, view, onEnded, ct), CancellationToken.None);

    private async Task CarryAsync(Effect effect, PlanView view, Action<EffectEnded> onEnded, CancellationToken ct)
    {
        LogIssued(effect.Id, effect.Kind, effect.Action, effect.TargetName);
        try
        {
            onEnded(await CallAsync(effect, view, ct));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested) { }
        catch (Exception e)
        {
            LogBug(effect.Id, e);
            onEnded(new EffectEnded(effect.Id, false, "An internal error; see the log."));
        }
    }

    private async Task<EffectEnded> CallAsync(Effect effect, PlanView view, CancellationToken ct)
    {
        if (effect is { Repeats: true, Kind: EffectKind.GuestPower } && await IsOffAsync(effect, ct))
            return new EffectEnded(effect.Id, true, "It was off already; it was not asked again.");
        switch (effect.Kind)
        {
            case EffectKind.GuestPower when effect.ExternalId is { } guest:
                return Ended(
                    effect,
                    await power.GuestAsync(
                        effect.HostId,
                        guest,
                        VerbOf(effect.Action),
                        ViaOf(effect.Via),
                        effect.Limit,
                        ct
                    )
                );
            case EffectKind.HostShutdown:
                return Ended(effect, await power.HostAsync(effect.HostId, HostVerb.Shutdown, effect.Limit, ct));
            case EffectKind.Command when effect.Prepare is { } kind:
                return await PrepareAsync(effect, kind, ct);
            case EffectKind.Command when effect.Command is { } command:
                return Ended(
                    effect,
                    await power.CommandAsync(effect.HostId, command, StepValues.Of(view, effect), effect.Limit, ct)
                );
            case EffectKind.Command when effect.Http is { } http:
                return Ended(effect, await requests.SendAsync(http, StepValues.Of(view, effect), effect.Limit, ct));
            case EffectKind.BmcOff:
                return Ended(effect, await power.BmcOffAsync(effect.HostId, effect.Limit, ct));
            case EffectKind.PayDebt:
                return await PayAsync(effect, view, ct);
            case EffectKind.UpsCut when effect.UpsId is { } ups:
                return await upses.CutAsync(effect, ups, ct);
            case EffectKind.UpsAbortCut when effect.UpsId is { } ups:
                return await upses.AbortAsync(effect, ups, ct);
            case EffectKind.Probe when effect.UpsId is { } ups:
                return await upses.ProbeAsync(effect, ups, ct);
            case EffectKind.Wake:
                return Ended(
                    effect,
                    await power.WakeAsync(effect.HostId, effect.Method ?? 0, effect.ProvedOff, effect.Limit, ct)
                );
            case EffectKind.Ready:
                return await ReadyLook.AtAsync(power, effect, ct);
            case EffectKind.Probe:
                return await probe.CallAsync(effect, ct);
            default:
                return new EffectEnded(effect.Id, false, "It names no target.");
        }
    }

    /// <summary>C10: what was so before is not ours to undo.</summary>
    private async Task<EffectEnded> PrepareAsync(Effect effect, string kind, CancellationToken ct)
    {
        var before = await power.IsPreparedAsync(effect.HostId, kind, BeforeLimit, ct);
        var ended = Ended(effect, await power.PrepareAsync(effect.HostId, kind, false, effect.Limit, ct));
        return ended with { WasSoBefore = before is { Ok: true, Value: true } };
    }

    /// <summary>C10: what a person wrote, or what the platform knows to undo by itself.</summary>
    private async Task<EffectEnded> PayAsync(Effect effect, PlanView view, CancellationToken ct) =>
        effect switch
        {
            { DebtKind: "command", Command: { } undo } => Ended(
                effect,
                await power.CommandAsync(effect.HostId, undo, StepValues.Of(view, effect), effect.Limit, ct)
            ),
            { DebtKind: { } kind } => Ended(
                effect,
                await power.UndoAsync(DebtWays.HostFor(kind, effect.HostId, feed.Hosts), kind, effect.Limit, ct)
            ),
            _ => new EffectEnded(effect.Id, false, "Nobody knows how to undo it."),
        };

    /// <summary>I3: the newest poll may be a second old, and an earlier ask may have worked since.</summary>
    private async Task<bool> IsOffAsync(Effect effect, CancellationToken ct)
    {
        if (effect.Action is not (StepAction.Shutdown or StepAction.Save or StepAction.ForceOff))
            return false;
        var states = await power.GetStatesAsync(effect.HostId, LookLimit, ct);
        return states.Value?.Guests.FirstOrDefault(g => g.ExternalId == effect.ExternalId)
            is { State: GuestState.Off or GuestState.Saved };
    }

    private static EffectEnded Ended<T>(Effect effect, DeviceOutcome<T> outcome) =>
        new(effect.Id, outcome.Ok, outcome.Ok ? outcome.Value as string ?? outcome.Words : outcome.Words)
        {
            TrustChanged = outcome.Fault == DeviceFault.TrustChanged,
        };

    private static GuestVerb VerbOf(StepAction action) =>
        action switch
        {
            StepAction.Save => GuestVerb.Save,
            StepAction.ForceOff => GuestVerb.ForceOff,
            StepAction.Start => GuestVerb.Start,
            _ => GuestVerb.Shutdown,
        };

    private static ShutdownVia? ViaOf(Via? via) =>
        via switch
        {
            Via.Agent => ShutdownVia.Agent,
            Via.Acpi => ShutdownVia.Acpi,
            _ => null,
        };

    [LoggerMessage(LogLevel.Information, "Effect {EffectId}: {Kind} {Action} of {Target}")]
    private partial void LogIssued(long effectId, EffectKind kind, StepAction action, string target);

    [LoggerMessage(LogLevel.Error, "Effect {EffectId} failed by a bug")]
    private partial void LogBug(long effectId, Exception e);
}
