using VmPowerManager.Core;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Hosts;
using VmPowerManager.Protocols;

namespace VmPowerManager.Runs;

/// <summary>Answers the questions of readiness for one step, from the newest probe of its host and from what is seen of the
/// host and its guests now. Pure.</summary>
/// <param name="prepared">As <see cref="ForcedOff.PreparedBefore"/>; null: nothing is.</param>
internal sealed class ReadinessChecks(
    StepState step,
    HostSnapshot host,
    HostChecked? probed,
    IReadOnlySet<string>? prepared = null
)
{
    private static readonly HostAspect[] OfAll = [HostAspect.Reachable, HostAspect.Trusted, HostAspect.Allowed];

    public IReadOnlyList<ReadinessCheck> All()
    {
        var checks = OfAll.Select(Of).Select(Now).ToList();
        if (step.Target.Kind == TargetKind.Guest)
        {
            if (Guest is { Kind: GuestKind.Vm } guest)
                checks.Add(Agent(guest));
            if (ForcedOff.Of(step, host, prepared ?? new HashSet<string>()) is { } forced)
                checks.Add(forced);
            return checks;
        }
        if (host.Capabilities.HasFlag(HostCapabilities.GuestAgent))
            checks.Add(Agents());
        if (step.Action == StepAction.Shutdown)
            checks.Add(Wake());
        checks.Add(Of(HostAspect.Clock));
        if (In(HostAspect.Platform).Count > 0)
            checks.Add(Of(HostAspect.Platform));
        return checks;
    }

    private GuestSnapshot? Guest =>
        host.Guests.FirstOrDefault(g => g.Realm == step.Target.Realm && g.ExternalId == step.Target.ExternalId);

    private List<HostCheck> In(HostAspect aspect) =>
        probed is null ? [] : [.. probed.Probe.Checks.Where(c => HostAspects.Of(c) == aspect)];

    private ReadinessCheck Of(HostAspect aspect)
    {
        var checks = In(aspect);
        if (HostAspects.Worst(checks) is not { } worst)
            return new(aspect, ReadinessState.Unknown, null, WhyUnknown, probed?.At);
        // What is wrong says enough; what is right is told whole.
        var told = checks.Where(c => c.State == worst || worst == HostCheckState.Ok).ToList();
        return new(
            aspect,
            StateOf(worst),
            told is [var only] ? only.Says : Sentence.Join("; ", told.Select(c => c.Says)),
            told.Select(HostAdvice.For).FirstOrDefault(a => a is not null),
            probed?.At
        );
    }

    private Sentence WhyUnknown =>
        probed switch
        {
            null => Sentence.Of($"Nobody has looked yet."),
            { Probe.Blocked: not null } => Sentence.Of($"It could not be looked at: there was no way in."),
            _ => Sentence.Of($"Its platform does not tell."),
        };

    /// <summary>The host is read every minute: what that meets is newer than a probe.</summary>
    private ReadinessCheck Now(ReadinessCheck check)
    {
        if (host.Fault is { } fault)
            return AspectOf(host.FaultKind) == check.Aspect
                ? check with
                {
                    State = ReadinessState.Failed,
                    Says = Sentence.Verbatim(fault),
                    Does = HostAdvice.For(new(NameOf(check.Aspect), HostCheckState.Failed, Sentence.Verbatim(fault))),
                }
                : check;
        var answeredSince =
            host.RefreshedAt > (check.CheckedAt ?? DateTimeOffset.MinValue)
            && check.State is ReadinessState.Failed or ReadinessState.Unknown;
        return check.Aspect == HostAspect.Reachable && answeredSince
            ? new(check.Aspect, ReadinessState.Ok, Sentence.Of($"It answers."), null, host.RefreshedAt)
            : check;
    }

    private static HostAspect AspectOf(DeviceFault? fault) =>
        fault switch
        {
            DeviceFault.TrustChanged => HostAspect.Trusted,
            DeviceFault.AuthenticationFailed or DeviceFault.Refused or DeviceFault.Unsupported => HostAspect.Allowed,
            _ => HostAspect.Reachable,
        };

    private static CheckName NameOf(HostAspect aspect) =>
        aspect switch
        {
            HostAspect.Trusted => CheckNames.HostKey,
            HostAspect.Allowed => CheckNames.Login,
            _ => CheckNames.Connect,
        };

    private ReadinessCheck Agent(GuestSnapshot guest)
    {
        var asked = step.Ladder.Any(r => r.Via == Via.Agent);
        (ReadinessState State, Sentence Words) told = guest switch
        {
            { State: not GuestState.Running } => (ReadinessState.Unknown, Sentence.Of($"It does not run now.")),
            { Agent: AgentState.Running } => (ReadinessState.Ok, Sentence.Of($"Its agent answers.")),
            { Agent: AgentState.Silent } => (
                ReadinessState.Failed,
                Sentence.Of($"Its agent is enabled and does not answer.")
            ),
            { Agent: AgentState.Absent } when asked => (
                ReadinessState.Failed,
                Sentence.Of($"It has no agent that answers, and the plan asks it.")
            ),
            { Agent: AgentState.Absent } => (
                ReadinessState.Warning,
                Sentence.Of($"It has no agent that answers: it is asked by ACPI alone.")
            ),
            _ => (ReadinessState.Unknown, Sentence.Of($"Whether its agent answers is not known.")),
        };
        var advice = told.State is ReadinessState.Failed or ReadinessState.Warning
            ? Sentence.Of($"Install or restart its agent, or let the plan ask it by ACPI and give it time.")
            : null;
        return new(HostAspect.Agent, told.State, told.Words, advice, guest.SeenAt);
    }

    /// <summary>In the platform's words where it has some, else counted.</summary>
    private ReadinessCheck Agents()
    {
        if (In(HostAspect.Agent).Count > 0)
            return Of(HostAspect.Agent);
        var running = host.Guests.Where(g => g is { State: GuestState.Running, Kind: GuestKind.Vm }).ToList();
        if (running.Count == 0)
            return new(
                HostAspect.Agent,
                ReadinessState.Unknown,
                Sentence.Of($"No guest of it runs now."),
                null,
                host.RefreshedAt
            );
        var answering = running.Count(g => g.Agent == AgentState.Running);
        return new(
            HostAspect.Agent,
            running.Exists(g => g.Agent == AgentState.Silent) ? ReadinessState.Warning
                : running.Exists(g => g.Agent == AgentState.Unknown) ? ReadinessState.Unknown
                : ReadinessState.Ok,
            Sentence.Of($"The agents of {answering} of {running.Count} guests that run answer."),
            null,
            host.RefreshedAt
        );
    }

    /// <summary>One way that works is enough, and one that does not is worth a word.</summary>
    private ReadinessCheck Wake()
    {
        if (host.WakeMethods.Count == 0)
            return new(
                HostAspect.Wake,
                ReadinessState.Warning,
                Sentence.Of($"Nothing is set that could wake it."),
                Sentence.Of(
                    $"Set a way to wake it in its settings, or let its firmware start it when its power returns."
                ),
                probed?.At
            );
        var all = Of(HostAspect.Wake);
        return all.State == ReadinessState.Failed && probed?.Probe.CannotBeWoken == false
            ? all with
            {
                State = ReadinessState.Warning,
            }
            : all;
    }

    private static ReadinessState StateOf(HostCheckState state) =>
        state switch
        {
            HostCheckState.Ok => ReadinessState.Ok,
            HostCheckState.Warning => ReadinessState.Warning,
            _ => ReadinessState.Failed,
        };
}
