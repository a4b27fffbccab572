using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace VmPowerManager.Api;

/// <summary>Writes problem documents (RFC 9457): <c>type</c> about:blank, so <c>title</c> is the status's own phrase.</summary>
internal static class Problems
{
    public static Task WriteAsync(HttpContext http, ProblemDetails problem)
    {
        var status = problem.Status ?? http.Response.StatusCode;
        problem.Status = status;
        problem.Type = "about:blank";
        problem.Title = ReasonPhrases.GetReasonPhrase(status);
        problem.Instance = http.Request.Path;
        problem.Extensions["traceId"] = http.TraceIdentifier;
        http.Response.StatusCode = status;
        return http.Response.WriteAsJsonAsync(
            problem,
            Core.Json.Options,
            "application/problem+json",
            http.RequestAborted
        );
    }

    /// <summary>For answers that the framework leaves empty: 401, 403, 404, 405, 415 ...</summary>
    public static Task WriteStatusAsync(HttpContext http) =>
        WriteAsync(http, new ProblemDetails { Status = http.Response.StatusCode, Detail = Detail(http) });

    private static string? Detail(HttpContext http) =>
        http.Response.StatusCode switch
        {
            401 => "Send an access token or API token: Authorization: Bearer ...",
            403 => "Your role does not allow this.",
            404 => $"There is no {http.Request.Path} here.",
            405 => $"{http.Request.Method} is not possible here; possible: {http.Response.Headers.Allow}.",
            415 => "The body must be application/json.",
            _ => null,
        };
}
