using System.Security.Claims;
using VmPowerManager.Core;

namespace VmPowerManager.Plans.Learning;

/// <summary>What a person says of a duration; null: as it was learned.</summary>
public sealed record DurationBody(double? Seconds);

/// <summary>The API of learned durations (API.md).</summary>
public static class DurationEndpoints
{
    public static void MapDurations(this IEndpointRouteBuilder routes)
    {
        var durations = routes.MapGroup("/api/v1/durations").WithTags("Durations").RequireAuthorization();
        durations.MapGet("", (DurationQueries queries) => new Page<DurationView>(queries.All()));
        // Keys hold slashes: as they are, or escaped.
        durations.MapPut(
            "{**key}",
            (string key, DurationBody body, ClaimsPrincipal actor, DurationCommands commands, CancellationToken ct) =>
                commands.OverrideAsync(actor, Uri.UnescapeDataString(key), body.Seconds, ct)
        );
    }
}
