using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using VmPowerManager.Core;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Hosts;
using VmPowerManager.Plans.Requests;
using VmPowerManager.Protocols;

namespace VmPowerManager.Runs;

/// <summary>Checks what a step would need, without effect: its host, and of a guest that it is there and whether its agent
/// answers. A host with many guests is asked once for all of them.</summary>
public sealed partial class EffectProbe(IHostPower power, RequestSender requests, TimeProvider time)
{
    /// <summary>What was found so recently holds for the next guest of the same host.</summary>
    private static readonly TimeSpan HoldsFor = TimeSpan.FromSeconds(15);
    private readonly ConcurrentDictionary<int, (Task<Found> Asked, TimeSpan At)> _found = [];

    public async Task<EffectEnded> CallAsync(Effect effect, CancellationToken ct)
    {
        // The host has nothing to do with it.
        if (effect is { Action: StepAction.Command, Http: { } http })
        {
            var could = await requests.ProbeAsync(http, effect.Limit, ct);
            return new EffectEnded(effect.Id, could.Ok, could.Ok ? could.Value : could.Words);
        }
        var found = await FindAsync(effect.HostId, effect.Limit, ct);
        if (found.Probe is not { Ok: true, Value: { } whole })
            return new EffectEnded(effect.Id, false, found.Probe.Words);
        // A host that could not be woken again is told with its own step, and only if no way would work it fails.
        var onHost = effect is { ExternalId: null, Action: StepAction.Shutdown };
        var probe = onHost ? whole : whole.WithoutWake;
        var trouble = probe
            .Checks.Where(c => c.State != HostCheckState.Ok)
            .Select(c => $"{c.Name}: {c.Detail}")
            .ToList();
        var guest = effect switch
        {
            { ExternalId: { } id } => OfGuest(effect, found.Guests, id),
            { Action: StepAction.Command, Prepare: { } kind } => await OfPreparationAsync(effect, kind, ct),
            { Action: StepAction.Command, Command: { } command } => await OfCommandAsync(effect, command, ct),
            _ => (Ok: true, Words: null),
        };
        if (guest.Words is { } words)
            trouble.Insert(0, words);
        return new EffectEnded(
            effect.Id,
            whole.WithoutWake.Ok && guest.Ok && !(onHost && whole.CannotBeWoken),
            trouble.Count > 0 ? string.Join("; ", trouble) : "Every check passed."
        );
    }

    private async Task<Found> FindAsync(int hostId, TimeSpan limit, CancellationToken ct)
    {
        var now = time.Elapsed();
        // The engine checks the targets of a host one after the other: two do not ask at once. One that gives up does not
        // end the question for the others.
        if (!_found.TryGetValue(hostId, out var known) || !Holds(known.Asked, now - known.At))
            _found[hostId] = known = (AskAsync(hostId, limit), now);
        return await known.Asked.WaitAsync(ct);
    }

    /// <summary>It is being asked, or a good answer is new enough: what went wrong is looked at again.</summary>
    private static bool Holds(Task<Found> asked, TimeSpan age) =>
        !asked.IsCompleted
        || (asked.IsCompletedSuccessfully && age <= HoldsFor && asked.Result is { Probe.Ok: true, Guests.Ok: true });

    private async Task<Found> AskAsync(int hostId, TimeSpan limit)
    {
        // Each of the two heeds the limit itself.
        using var late = new CancellationTokenSource(limit * 2, time);
        try
        {
            var probe = await power.ProbeAsync(hostId, limit, late.Token);
            return new(
                probe,
                probe.Ok ? await power.DiscoverAsync(hostId, limit, late.Token) : new(null, probe.Fault, probe.Words)
            );
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            var words = $"no answer within {limit.TotalSeconds * 2:0} s";
            return new(new(null, DeviceFault.Timeout, words), new(null, DeviceFault.Timeout, words));
        }
    }

    private static (bool Ok, string? Words) OfGuest(Effect effect, DeviceOutcome<HostInventory> guests, string id)
    {
        if (guests.Value is not { } inventory)
            return (false, $"its guests cannot be listed: {guests.Words}");
        if (inventory.Guests.FirstOrDefault(g => g.ExternalId == id) is not { } guest)
            return (false, "the guest is not there any more");
        return guest switch
        {
            { State: not GuestState.Running } => (true, "it does not run now"),
            { Agent: AgentState.Silent } => (
                false,
                "its guest agent is enabled and does not answer: a shutdown would wait in vain"
            ),
            { Agent: AgentState.Absent } when effect.Via == Via.Agent => (
                false,
                "its guest agent does not answer, and the plan asks it"
            ),
            { Agent: AgentState.Absent } => (true, "its guest agent does not answer: it is asked by ACPI alone"),
            _ => (true, null),
        };
    }

    private async Task<(bool Ok, string? Words)> OfPreparationAsync(Effect effect, string kind, CancellationToken ct)
    {
        var could = await power.PrepareAsync(effect.HostId, kind, rehearse: true, effect.Limit, ct);
        return could.Ok ? (true, null) : (false, could.Words);
    }

    /// <summary>The program that the command begins with must be on the path of the very session that will run it; the
    /// command itself is not run.</summary>
    private async Task<(bool Ok, string? Words)> OfCommandAsync(Effect effect, string command, CancellationToken ct)
    {
        var word = command
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .FirstOrDefault(w => w is not ("sudo" or "-n"));
        if (word is null || word.StartsWith('-') || !Plain().IsMatch(word))
            return (true, "whether the command is there cannot be checked without running it");
        var found = await power.CommandAsync(effect.HostId, $"command -v {word}", effect.Limit, ct);
        return found.Ok ? (true, null) : (false, $"the command {word} is not found: {found.Words}");
    }

    [GeneratedRegex("^[A-Za-z0-9_./-]+$")]
    private static partial Regex Plain();

    private sealed record Found(DeviceOutcome<HostProbe> Probe, DeviceOutcome<HostInventory> Guests);
}
