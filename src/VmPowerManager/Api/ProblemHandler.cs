using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Core;

namespace VmPowerManager.Api;

/// <summary>Turns every exception into a problem document (RFC 9457). Refusals speak for themselves; of anything
/// unexpected the caller learns no more than a number to look for in the log.</summary>
internal sealed partial class ProblemHandler(ILogger<ProblemHandler> logger) : IExceptionHandler
{
    private const int SqliteBusy = 5;
    private const int SqliteLocked = 6;
    private const int SqliteFull = 13;
    private const int ClientClosedRequest = 499;

    public async ValueTask<bool> TryHandleAsync(HttpContext http, Exception exception, CancellationToken ct)
    {
        if (http.RequestAborted.IsCancellationRequested)
        {
            http.Response.StatusCode = ClientClosedRequest;
            return true;
        }
        if (exception is TooManyAttemptsException { RetryAfter: var wait })
            http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        var problem = Describe(exception);
        if (problem.Status is StatusCodes.Status500InternalServerError)
            LogUnexpected(logger, http.Request.Method, http.Request.Path, http.TraceIdentifier, exception);
        await Problems.WriteAsync(http, problem);
        return true;
    }

    private static ProblemDetails Describe(Exception exception) =>
        exception switch
        {
            InvalidInputException e => Invalid(e),
            NotSignedInException e => Make(401, e.Message, e.SecondFactorNeeded ? ("secondFactorNeeded", true) : null),
            ForbiddenException e => Make(403, e.Message),
            NotFoundException e => Make(404, e.Message),
            ConflictException e => Make(409, e.Message),
            DbUpdateConcurrencyException => Make(409, "Somebody else changed it meanwhile. Read it again."),
            PeerRefusedException e => Make(422, e.Message, e.FailedStep is { } step ? ("failedStep", step) : null),
            TooManyAttemptsException e => Make(429, e.Message),
            BadHttpRequestException e => BadRequest(e),
            _ when Storage(exception) is { } reason => Make(503, reason),
            _ => Make(500, "Something unexpected went wrong; the log says what."),
        };

    private static ProblemDetails BadRequest(BadHttpRequestException e) =>
        e switch
        {
            { InnerException: JsonException json } => Invalid(JsonFaults.Explain(json)),
            { StatusCode: not 400 } => Make(e.StatusCode, null),
            _ when Parameter().Match(e.Message) is { Success: true } m => Invalid(
                new InvalidInputException(
                    JsonNamingPolicy.CamelCase.ConvertName(m.Groups[1].Value),
                    "is not a value of the expected kind."
                )
            ),
            _ when e.Message.Contains("body", StringComparison.Ordinal) => Invalid(
                new InvalidInputException("", "A JSON body is required.")
            ),
            _ => Make(400, "The request is malformed."),
        };

    private static string? Storage(Exception e) =>
        (e as SqliteException ?? e.InnerException as SqliteException)?.SqliteErrorCode switch
        {
            SqliteBusy or SqliteLocked => "The database is busy. Try again.",
            SqliteFull => "The disk is full: nothing can be saved.",
            _ => null,
        };

    private static ProblemDetails Invalid(InvalidInputException e) =>
        Make(400, e.Message, ("errors", (object)e.Errors));

    private static ProblemDetails Make(int status, string? detail, (string Name, object Value)? more = null)
    {
        var problem = new ProblemDetails { Status = status, Detail = detail };
        if (more is var (name, value))
            problem.Extensions[name] = value;
        return problem;
    }

    [GeneratedRegex("^Failed to bind parameter \"\\S+ (\\w+)\"")]
    private static partial Regex Parameter();

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed unexpectedly ({TraceId}).")]
    private static partial void LogUnexpected(ILogger logger, string method, string path, string traceId, Exception e);
}
