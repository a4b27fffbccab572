using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Hosts;

namespace VmPowerManager.Runs;

/// <summary>Looks once whether a started target is there for those that need it (POLICY E4).</summary>
internal static class ReadyLook
{
    public static async Task<EffectEnded> AtAsync(IHostPower power, Effect effect, CancellationToken ct)
    {
        var ready = effect.Ready ?? new ReadyDefinition();
        // A guest's own address is known to nobody: the host's would say nothing about it.
        if (ready is { Kind: ReadyKind.Ping or ReadyKind.Port, Address: null } && effect.ExternalId is not null)
            return new EffectEnded(effect.Id, false, "The address of a guest is not known: name it.");
        return ready.Kind switch
        {
            ReadyKind.Ping => Ended(effect, await power.PingAsync(effect.HostId, ready.Address, effect.Limit, ct)),
            ReadyKind.Port => Ended(
                effect,
                await power.PortAsync(effect.HostId, ready.Address, ready.Port ?? 0, effect.Limit, ct)
            ),
            ReadyKind.Command => Commanded(
                effect,
                await power.CommandAsync(effect.HostId, ready.Command ?? "", effect.Limit, ct)
            ),
            _ => Seen(effect, ready.Kind, await StatesAsync(power, effect, ready.Kind, ct)),
        };
    }

    private static Task<DeviceOutcome<HostInventory>> StatesAsync(
        IHostPower power,
        Effect effect,
        ReadyKind kind,
        CancellationToken ct
    ) =>
        kind == ReadyKind.Agent
            ? power.DiscoverAsync(effect.HostId, effect.Limit, ct)
            : power.GetStatesAsync(effect.HostId, effect.Limit, ct);

    private static EffectEnded Seen(Effect effect, ReadyKind kind, DeviceOutcome<HostInventory> outcome)
    {
        if (outcome is not { Ok: true, Value: { } states })
            return new EffectEnded(effect.Id, false, outcome.Words);
        if (effect.ExternalId is null)
            return new EffectEnded(effect.Id, true, "it answers");
        var guest = states.Guests.FirstOrDefault(g => g.ExternalId == effect.ExternalId);
        return kind == ReadyKind.Agent
            ? new EffectEnded(
                effect.Id,
                guest?.Agent == AgentState.Running,
                guest?.Agent == AgentState.Running ? "its agent answers" : "its agent does not answer yet"
            )
            : new EffectEnded(
                effect.Id,
                guest?.State == GuestState.Running,
                $"it is {guest?.State.ToString() ?? "gone"}"
            );
    }

    private static EffectEnded Commanded(Effect effect, DeviceOutcome<string> outcome) =>
        new(effect.Id, outcome.Ok, outcome.Ok ? "the command succeeded" : outcome.Words);

    private static EffectEnded Ended(Effect effect, DeviceOutcome<string> outcome) =>
        new(effect.Id, outcome.Ok, outcome.Ok ? outcome.Value : outcome.Words);
}
