using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using VmPowerManager.Core;

namespace VmPowerManager.Tests.Api;

public sealed class ProblemTests : IAsyncLifetime
{
    private RunningApp _app = null!;
    private HttpClient _admin = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await RunningApp.StartAsync();
        _app.App.MapGet("/api/test/{kind}", (string kind) => Throw(kind)).AllowAnonymous();
        _app.App.MapPost("/api/test/shape", (Shape shape) => shape).AllowAnonymous();
        _admin = await _app.SignInAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        await _app.DisposeAsync();
    }

    public sealed record Shape(string Name, int Count, Inner? Inner = null)
    {
        public required bool Really { get; init; }
    }

    public sealed record Inner(double? Ratio, Role Role, IReadOnlyList<Inner>? More);

    public enum Role
    {
        FirstOne,
        Other,
    }

    [Theory]
    [InlineData("invalid", 400, "errors")]
    [InlineData("forbidden", 403, null)]
    [InlineData("notFound", 404, null)]
    [InlineData("conflict", 409, null)]
    [InlineData("peer", 422, "failedStep")]
    [InlineData("busy", 503, null)]
    public async Task Refusal_HasItsStatusAndItsWords(string kind, int status, string? extension)
    {
        var problem = await (await _app.Client.GetAsync($"/api/test/{kind}")).ProblemAsync(status);
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
        if (extension is not null)
            Assert.True(problem.TryGetProperty(extension, out _));
    }

    [Fact]
    public async Task Unexpected_Is500_ThatTellsNothing_AndIsLogged()
    {
        var problem = await (await _app.Client.GetAsync("/api/test/bug")).ProblemAsync(500);
        Assert.DoesNotContain("internals", problem.GetRawText(), StringComparison.Ordinal);
        var trace = problem.GetProperty("traceId").GetString()!;
        Assert.Single(
            _app.Log.All,
            l => l.StartsWith("Error:", StringComparison.Ordinal) && l.Contains(trace, StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("{\"name\": \"a\", \"count\": \"1\", \"really\": true}", "count", "must be a whole number.")]
    [InlineData("{\"name\": \"a\", \"count\": 1.5, \"really\": true}", "count", "must be a whole number.")]
    [InlineData("{\"name\": 1, \"count\": 1, \"really\": true}", "name", "must be text.")]
    [InlineData("{\"name\": \"a\", \"count\": 1}", "really", "is required.")]
    [InlineData("{\"count\": 1, \"really\": true, \"inner\": {\"ratio\": \"x\"}}", "inner.ratio", "must be a number.")]
    [InlineData(
        "{\"count\": 1, \"really\": true, \"inner\": {\"role\": \"x\"}}",
        "inner.role",
        "must be one of firstOne, other."
    )]
    [InlineData(
        "{\"count\": 1, \"really\": true, \"inner\": {\"role\": 0}}",
        "inner.role",
        "must be one of firstOne, other."
    )]
    [InlineData("{\"count\": 1, \"really\": true, \"inner\": {\"more\": 1}}", "inner.more", "must be a list.")]
    [InlineData(
        "{\"count\": 1, \"really\": true, \"inner\": {\"more\": [{}, {\"role\": \"y\"}]}}",
        "inner.more[1].role",
        "must be one of firstOne, other."
    )]
    [InlineData(
        "{\"count\": 1, \"really\": true, \"inner\": []}",
        "inner",
        "must be an object of the documented shape."
    )]
    [InlineData("{\"count\": 1,", "", "is not valid JSON (line 1, position 12).")]
    [InlineData("", "", "A JSON body is required.")]
    [InlineData("null", "", "A JSON body is required.")]
    public async Task Body_ThatCannotBeRead_Is400NamingThePath(string body, string field, string message)
    {
        using var content = Answers.Json(body);
        var problem = await (await _app.Client.PostAsync("/api/test/shape", content)).ProblemAsync(400);
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out var messages), problem.GetRawText());
        Assert.Equal(message, messages[0].GetString());
        Assert.DoesNotContain("System.", problem.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownRoute_Is404()
    {
        await (await _admin.GetAsync("/api/v1/nothing")).ProblemAsync(404);
        await (await _app.Client.GetAsync("/api/v1/nothing")).ProblemAsync(404);
        await (await _admin.GetAsync("/api")).ProblemAsync(404);
        await (await _admin.DeleteAsync("/api/v1/users/x")).ProblemAsync(404);
    }

    [Fact]
    public async Task WrongMethod_Is405NamingTheRightOnes()
    {
        var answer = await _admin.DeleteAsync("/api/v1/events");
        await answer.ProblemAsync(405);
        Assert.Contains("GET", answer.Content.Headers.Allow);
    }

    [Fact]
    public async Task WrongContentType_Is415()
    {
        using var content = new StringContent("{}", Encoding.UTF8, "text/plain");
        await (await _app.Client.PostAsync("/api/test/shape", content)).ProblemAsync(415);
    }

    [Fact]
    public async Task BodyAboveOneMebibyte_Is413()
    {
        // Announced, not sent: a client that still sends when the answer closes the connection may never read it.
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync("127.0.0.1", _app.Client.BaseAddress?.Port ?? 0);
        var stream = socket.GetStream();
        await stream.WriteAsync(
            "POST /api/test/shape HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 1048577\r\n\r\n"u8.ToArray()
        );
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
        Assert.Contains("\"status\":413", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EveryAnswer_SaysWhatABrowserMayDo()
    {
        foreach (var path in new[] { "/api/v1/events", "/healthz/live", "/docs/", "/nothing" })
        {
            var answer = await _admin.GetAsync(path);
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.Contains(
                "default-src",
                Assert.Single(answer.Headers.GetValues("Content-Security-Policy")),
                StringComparison.Ordinal
            );
            Assert.False(answer.Headers.Contains("Server"));
        }
        Assert.Equal(HttpStatusCode.OK, (await _admin.GetAsync("/healthz/live")).StatusCode);
    }

    private static IResult Throw(string kind) =>
        throw (
            kind switch
            {
                "invalid" => new InvalidInputException("phases[0].name", "is required."),
                "forbidden" => new ForbiddenException("No."),
                "notFound" => new NotFoundException("The plan 7"),
                "conflict" => new ConflictException("Plan A owns it."),
                "peer" => new PeerRefusedException("ERR ACCESS-DENIED", "login"),
                "busy" => new Microsoft.Data.Sqlite.SqliteException("database is locked", 5),
                _ => new InvalidOperationException("internals"),
            }
        );
}
