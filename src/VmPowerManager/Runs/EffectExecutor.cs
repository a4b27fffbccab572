using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Hosts;

namespace VmPowerManager.Runs;

/// <summary>Carries out what the engine decided. Each effect ends in exactly one <see cref="EffectEnded"/>.</summary>
public sealed partial class EffectExecutor(
    IHostPower power,
    UpsEffects upses,
    EffectProbe probe,
    ILogger<EffectExecutor> logger
)
{
    private static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(2);

    /// <summary>Returns at once; <paramref name="onEnded"/> is called when it is over.</summary>
    public void Issue(Effect effect, Action<EffectEnded> onEnded, CancellationToken ct) =>
        _ = Task.Run(() => CarryAsync(effect, onEnded, ct), CancellationToken.None);

    private async Task CarryAsync(Effect effect, Action<EffectEnded> onEnded, CancellationToken ct)
    {
        LogIssued(effect.Id, effect.Kind, effect.Action, effect.TargetName);
        try
        {
            onEnded(await CallAsync(effect, ct));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested) { }
        catch (Exception e)
        {
            LogBug(effect.Id, e);
            onEnded(new EffectEnded(effect.Id, false, "An internal error; see the log."));
        }
    }

    private async Task<EffectEnded> CallAsync(Effect effect, CancellationToken ct)
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
            case EffectKind.Command when effect.Command is { } command:
                return Ended(effect, await power.CommandAsync(effect.HostId, command, effect.Limit, ct));
            case EffectKind.BmcOff:
                return Ended(effect, await power.BmcOffAsync(effect.HostId, effect.Limit, ct));
            case EffectKind.PayDebt:
                return await PayAsync(effect, ct);
            case EffectKind.UpsCut when effect.UpsId is { } ups:
                return await upses.CutAsync(effect, ups, ct);
            case EffectKind.UpsAbortCut when effect.UpsId is { } ups:
                return await upses.AbortAsync(effect, ups, ct);
            case EffectKind.Probe when effect.UpsId is { } ups:
                return await upses.ProbeAsync(effect, ups, ct);
            case EffectKind.Wake:
                return Ended(effect, await power.WakeAsync(effect.HostId, effect.Method ?? 0, effect.Limit, ct));
            case EffectKind.Ready:
                return await ReadyLook.AtAsync(power, effect, ct);
            case EffectKind.Probe:
                return await probe.CallAsync(effect, ct);
            default:
                return new EffectEnded(effect.Id, false, "It names no target.");
        }
    }

    /// <summary>C10: what a person wrote, or what the platform knows to undo by itself.</summary>
    private async Task<EffectEnded> PayAsync(Effect effect, CancellationToken ct) =>
        effect switch
        {
            { DebtKind: "command", Command: { } undo } => Ended(
                effect,
                await power.CommandAsync(effect.HostId, undo, effect.Limit, ct)
            ),
            { DebtKind: { } kind } => Ended(effect, await power.UndoAsync(effect.HostId, kind, effect.Limit, ct)),
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
        new(effect.Id, outcome.Ok, outcome.Ok ? outcome.Value as string : outcome.Words);

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
