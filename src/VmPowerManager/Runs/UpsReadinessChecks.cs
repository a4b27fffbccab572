using VmPowerManager.Core;
using VmPowerManager.Core.Power;
using VmPowerManager.Hosts;
using VmPowerManager.Ups;

namespace VmPowerManager.Runs;

/// <summary>Answers the questions of readiness for a UPS whose output is cut, from its newest probe and from what its polls
/// bring. Whether it would take the order shows only when it is given, and none is. Pure.</summary>
/// <param name="seen">Null: the plan does not watch it.</param>
internal sealed class UpsReadinessChecks(UpsEvidence? seen, UpsChecked? probed)
{
    public IReadOnlyList<ReadinessCheck> All() => [Reachable(), Trusted(), Allowed()];

    /// <summary>Its polls are newer than any probe.</summary>
    private ReadinessCheck Reachable()
    {
        if (seen is { Comm: Comm.Ok, Last: { } last })
            return new(HostAspect.Reachable, ReadinessState.Ok, Sentence.Of($"It answers."), null, last.At);
        if (seen is { Fault: { } fault })
            return new(HostAspect.Reachable, ReadinessState.Failed, Sentence.Fixed(fault.Words), LookAtIt, null);
        if (Blocked is { Name: not "login" and not "tls" } failed)
            return Of(HostAspect.Reachable, ReadinessState.Failed, failed.Says, LookAtIt);
        return probed is null
            ? Unknown(HostAspect.Reachable, NotYet)
            : Of(HostAspect.Reachable, ReadinessState.Ok, Sentence.Of($"It answers."));
    }

    private ReadinessCheck Trusted() =>
        probed is null ? Unknown(HostAspect.Trusted, NotYet)
        : Blocked is { Name: "tls" } failed
            ? Of(
                HostAspect.Trusted,
                ReadinessState.Failed,
                failed.Says,
                Sentence.Of($"If its certificate was renewed, compare it and set it in the settings of the UPS.")
            )
        : Blocked is { Name: not "login" } ? Unknown(HostAspect.Trusted, NoWayIn)
        : probed.Probe.Trust switch
        {
            UpsTrust.Proven => Of(HostAspect.Trusted, ReadinessState.Ok, Sentence.Of($"It proves who it is.")),
            UpsTrust.AnyCertificate => Of(
                HostAspect.Trusted,
                ReadinessState.Warning,
                Sentence.Of($"It is encrypted, and any certificate is taken."),
                Sentence.Of($"Test it in the settings of the UPS, and accept only the certificate that it shows.")
            ),
            _ => Unknown(
                HostAspect.Trusted,
                Sentence.Of($"Nothing proves who answers: the connection is neither encrypted nor authenticated.")
            ),
        };

    private ReadinessCheck Allowed()
    {
        if (probed is not { Probe: { } probe })
            return Unknown(HostAspect.Allowed, NotYet);
        if (probe.Blocked is { } failed)
            return failed.Name == "login"
                ? Of(HostAspect.Allowed, ReadinessState.Failed, failed.Says, GiveRight)
                : Unknown(HostAspect.Allowed, NoWayIn);
        if (probe.AgainstOrders is { } against)
            return Of(HostAspect.Allowed, ReadinessState.Failed, against, GiveRight);
        if (probe.Cut is not { Value: { } cut })
            return Of(HostAspect.Allowed, ReadinessState.Failed, Sentence.Fixed(probe.Cut?.Words ?? "?"));
        var login = probe.Checks.FirstOrDefault(c => c.Name == "login");
        if (login is { State: CheckState.Warning })
            return Of(HostAspect.Allowed, ReadinessState.Warning, login.Says, GiveRight);
        var offers = Sentence.Of(
            $"It offers {cut.Command}; whether it takes that from us shows only when it is asked to."
        );
        return login is not null && probe.LoginTellsRights
            ? Of(HostAspect.Allowed, ReadinessState.Ok, Sentence.Join(" ", [login.Says, offers]))
            : Unknown(HostAspect.Allowed, offers);
    }

    private UpsCheck? Blocked => probed?.Probe.Blocked;

    private ReadinessCheck Of(HostAspect aspect, ReadinessState state, Sentence says, Sentence? does = null) =>
        new(aspect, state, says, does, probed?.At);

    private ReadinessCheck Unknown(HostAspect aspect, Sentence why) =>
        new(aspect, ReadinessState.Unknown, null, why, probed?.At);

    private static Sentence NotYet => Sentence.Of($"Nobody has looked yet.");

    private static Sentence NoWayIn => Sentence.Of($"It could not be looked at: there was no way in.");

    private static Sentence LookAtIt =>
        Sentence.Of(
            $"Look whether it is up, whether its address and port are right, and whether a firewall stands between."
        );

    private static Sentence GiveRight =>
        Sentence.Of(
            $"Give it a login that may give orders, in the settings of the UPS: of NUT a user with instcmds and actions = SET, of SNMP a community or user that may write."
        );
}
