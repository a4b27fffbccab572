namespace VmPowerManager.Core.Plans;

/// <summary>Walks the secret headers of a plan.</summary>
public static class HttpSecrets
{
    /// <summary>The plan as it may leave: whether there are secrets, and not one of them.</summary>
    public static PlanDefinition Without(PlanDefinition plan) =>
        Change(
            plan,
            (_, header) =>
                header.Secret
                    ? header with
                    {
                        Value = null,
                        Sealed = null,
                        HasValue = header.Sealed is not null,
                    }
                    : header
        );

    /// <summary>Every header of every request changed; the same plan where there is none.</summary>
    public static PlanDefinition Change(
        PlanDefinition plan,
        Func<HttpDefinition, HttpHeaderDefinition, HttpHeaderDefinition> change
    ) =>
        PlanSteps.Requests(plan).Any(r => r.Http.Headers.Length > 0)
            ? plan with
            {
                Phases = [.. plan.Phases.Select(p => Changed(p, change))],
                Startup = plan.Startup with { Phases = [.. plan.Startup.Phases.Select(p => Changed(p, change))] },
            }
            : plan;

    private static PhaseDefinition Changed(
        PhaseDefinition phase,
        Func<HttpDefinition, HttpHeaderDefinition, HttpHeaderDefinition> change
    ) =>
        phase with
        {
            Steps =
            [
                .. phase.Steps.Select(s =>
                    s.Http is { } http
                        ? s with
                        {
                            Http = http with { Headers = [.. http.Headers.Select(h => change(http, h))] },
                        }
                        : s
                ),
            ],
        };
}
