using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace VmPowerManager.Api;

/// <summary><c>/healthz/live</c>: the process answers. <c>/healthz/ready</c>: 200 when it can do its work, else 503 and
/// what is missing, as <c>{"status": "ok|failed", "checks": [{"name", "state", "detail"}]}</c>.</summary>
internal static class Health
{
    public const string Live = "/healthz/live";

    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapHealthChecks(Live, new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync })
            .AllowAnonymous();
        app.MapHealthChecks("/healthz/ready", new HealthCheckOptions { ResponseWriter = WriteAsync }).AllowAnonymous();
    }

    private static Task WriteAsync(HttpContext http, HealthReport report) =>
        http.Response.WriteAsJsonAsync(
            new
            {
                status = State(report.Status),
                checks = report.Entries.Select(e => new
                {
                    name = e.Key,
                    state = State(e.Value.Status),
                    detail = e.Value.Description,
                }),
            },
            Core.Json.Options,
            http.RequestAborted
        );

    private static string State(HealthStatus status) =>
        status switch
        {
            HealthStatus.Healthy => "ok",
            HealthStatus.Degraded => "warning",
            _ => "failed",
        };
}
