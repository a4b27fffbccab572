using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using VmPowerManager.Core.Plans;
using VmPowerManager.Lab.Proxmox;
using VmPowerManager.Plans.Requests;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Tls;
using VmPowerManager.Storage;

namespace VmPowerManager.Tests.Plans.Requests;

/// <summary>Requests to a real HTTPS server: sent once, judged by status and words, trusted by certificate, and without a
/// secret in any word.</summary>
public sealed class RequestSenderTests : IAsyncLifetime
{
    private const string Token = "canary-token-0123456789";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly Dictionary<string, string?> Values = new() { ["ups.charge"] = "42" };

    private readonly List<(string Line, string? Authorization, string? Type, string Body)> _got = [];
    private readonly RequestSecrets _secrets = new(new SecretBox(new EphemeralDataProtectionProvider()));
    private readonly HttpsDoor _door;
    private readonly RequestSender _sender;
    private int _status = 200;
    private string _words = "{\"ok\": true}";

    public RequestSenderTests()
    {
        _door = new HttpsDoor(AnswerAsync);
        _sender = new RequestSender(_secrets, TimeProvider.System);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => new(_door.OpenAsync());

    public async ValueTask DisposeAsync()
    {
        _sender.Dispose();
        await _door.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync();
        _got.Add(
            (
                $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}",
                context.Request.Headers.Authorization,
                context.Request.ContentType,
                body
            )
        );
        context.Response.StatusCode = _status;
        await context.Response.WriteAsync(
            _words.Replace("TOKEN", context.Request.Headers.Authorization, StringComparison.Ordinal)
        );
    }

    private HttpDefinition Http(string? certificate = null) =>
        Sealed(
            new()
            {
                Url = $"{_door.BaseUrl}/hook?c={{ups.charge}}",
                Headers =
                [
                    new()
                    {
                        Name = "Authorization",
                        Secret = true,
                        Value = $"Bearer {Token}",
                    },
                ],
                Body = "{\"charge\": \"{ups.charge}\"}",
                CertificateFingerprint = certificate,
            }
        );

    private HttpDefinition Sealed(HttpDefinition http, HttpDefinition? saved = null) =>
        Of(_secrets.Seal(Plan(http), saved is null ? null : Plan(saved)));

    private static PlanDefinition Plan(HttpDefinition http) =>
        new() { Phases = [new() { Id = "a", Steps = [new() { Http = http }] }] };

    private static HttpDefinition Of(PlanDefinition plan) => plan.Phases[0].Steps[0].Http!; // a request is its only step

    [Fact]
    public async Task Send_ReachesTheServerAsWritten()
    {
        var sent = await _sender.SendAsync(Http(Fingerprints.Of(_door.Certificate)), Values, Limit, Ct);

        Assert.True(sent.Ok, sent.Words);
        Assert.Equal($"POST 127.0.0.1:{_door.Port} answered 200 OK", sent.Value);
        var (line, authorization, type, body) = Assert.Single(_got);
        Assert.Equal(("POST /hook?c=42", $"Bearer {Token}"), (line, authorization));
        Assert.Equal(("application/json; charset=utf-8", "{\"charge\":42}"), (type, body));
    }

    [Theory]
    [InlineData(500, "it broke", null, null, DeviceFault.Refused, "answered 500 Internal Server Error: it broke")]
    [InlineData(401, "who are you", null, null, DeviceFault.AuthenticationFailed, "answered 401")]
    [InlineData(200, "queued", 204, null, DeviceFault.ProtocolError, "answered 200 OK: queued")]
    [InlineData(200, "{\"ok\": false}", null, "\"ok\": true", DeviceFault.Refused, "without")]
    [InlineData(302, "", null, null, DeviceFault.ProtocolError, "answered 302")]
    public async Task AnswerThatIsNotExpected_IsAFailureInTheServersWords(
        int status,
        string words,
        int? expected,
        string? text,
        DeviceFault fault,
        string said
    )
    {
        (_status, _words) = (status, words);

        var sent = await _sender.SendAsync(
            Http() with
            {
                ExpectStatus = expected,
                ExpectText = text,
            },
            Values,
            Limit,
            Ct
        );

        Assert.Equal(fault, sent.Fault);
        Assert.Contains(said, sent.Words, StringComparison.Ordinal);
        Assert.Single(_got);
    }

    [Fact]
    public async Task ServerThatSaysTheSecretBack_PutsItIntoNoWords()
    {
        (_status, _words) = (400, $"bad header TOKEN and {Token}");
        var sent = await _sender.SendAsync(Http(), Values, Limit, Ct);
        Assert.Contains("bad header …", sent.Words, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", sent.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OtherCertificate_GetsNoRequest()
    {
        var first = await _sender.SendAsync(Http(), Values, Limit, Ct);
        Assert.True(first.Ok, first.Words);
        await _door.RecertifyAsync();

        var learned = await _sender.SendAsync(Http(), Values, Limit, Ct);
        var pinned = await _sender.SendAsync(Http($"SHA256:{new string('A', 43)}"), Values, Limit, Ct);

        Assert.Equal(DeviceFault.TrustChanged, learned.Fault);
        Assert.Equal(DeviceFault.TrustChanged, pinned.Fault);
        Assert.Single(_got);
    }

    [Fact]
    public async Task Probe_AndLook_SendNothing()
    {
        var certificate = Fingerprints.Of(_door.Certificate);
        var probe = await _sender.ProbeAsync(Http(), Limit, Ct);
        var (looked, seen) = await _sender.LookAsync(Http($"SHA256:{new string('A', 43)}"), Limit, Ct);

        Assert.True(probe.Ok, probe.Words);
        Assert.Contains($"{certificate} is not pinned", probe.Value, StringComparison.Ordinal);
        Assert.Equal((DeviceFault.TrustChanged, certificate), (looked.Fault, seen));
        Assert.Empty(_got);

        await _door.ShutAsync();
        Assert.Equal(DeviceFault.Unreachable, (await _sender.ProbeAsync(Http(certificate), Limit, Ct)).Fault);
    }

    [Fact]
    public async Task Secret_IsKept_Cleared_AndAskedForAgainAtAnotherServer()
    {
        var http = Http();
        var again = http with { Headers = [http.Headers[0] with { Sealed = null }], Url = $"{_door.BaseUrl}/other" };
        Assert.Equal(http.Headers[0].Sealed, Sealed(again, http).Headers[0].Sealed);
        Assert.Null(Sealed(again with { Url = "https://elsewhere/" }, http).Headers[0].Sealed);
        Assert.Null(Sealed(http with { Url = "https://elsewhere/" }, http).Headers[0].Sealed);
        Assert.Null(
            Sealed(again with { Headers = [again.Headers[0] with { Name = "X-Other" }] }, http).Headers[0].Sealed
        );
        var cleared = Sealed(again with { Headers = [again.Headers[0] with { Value = "" }] }, http);
        Assert.Null(cleared.Headers[0].Sealed);
        Assert.DoesNotContain("canary", http.Headers[0].Sealed, StringComparison.Ordinal);

        var sent = await _sender.SendAsync(cleared, Values, Limit, Ct);
        Assert.Contains("The secret value of Authorization is not stored", sent.Words, StringComparison.Ordinal);
        Assert.Empty(_got);
    }
}
