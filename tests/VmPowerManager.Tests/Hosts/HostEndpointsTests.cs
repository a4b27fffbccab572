using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using VmPowerManager.Core;
using VmPowerManager.Events;
using VmPowerManager.Hosts;
using VmPowerManager.Storage;
using VmPowerManager.Ups;

namespace VmPowerManager.Tests.Hosts;

/// <summary>The routes as a client sees them, with a platform of ours behind.</summary>
public sealed class HostEndpointsTests : IAsyncLifetime
{
    private const string Body =
        """{"name": "h1", "platform": "fake", "supplies": [], "ssh": {"host": "h.lan", "userName": "root", "password": "pw"}}""";

    private readonly FakeDriver _driver = new();
    private readonly HttpClient _client = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("vmhpm-api-").FullName;
    private WebApplication? _app;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ApplicationName = "VmPowerManager" }
        );
        builder.Logging.ClearProviders();
        builder.Services.ConfigureHttpJsonOptions(o => Json.Apply(o.SerializerOptions));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(p => new EventLog(p.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider());
        builder.Services.AddSingleton<SecretBox>();
        builder.Services.AddSingleton<IUpsFeed>(new HostsHarness.TwoUpses());
        builder.Services.AddDbContextFactory<AppDb>(o => o.UseSqlite($"Data Source={_folder}/app.db;Pooling=False"));
        builder.Services.AddHosts();
        builder.Services.AddSingleton<IHostDriver>(_driver);
        builder
            .Services.AddAuthentication("test")
            .AddScheme<AuthenticationSchemeOptions, EverybodyIsAdmin>("test", null);
        builder.Services.AddAuthorization();
        _app = builder.Build();
        _app.MapHosts();
        _app.Urls.Add("http://127.0.0.1:0");
        await using (var db = await _app.Services.GetRequiredService<IDbContextFactory<AppDb>>().CreateDbContextAsync())
            await db.Database.EnsureCreatedAsync();
        await _app.StartAsync();
        _client.BaseAddress = new Uri(_app.Urls.First() + "/api/v1/");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_app is not null)
            await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Host_ThroughItsLife()
    {
        _driver.Set("h1", FakeDriver.Guest("a", agent: AgentState.Running));
        var created = await SendAsync(HttpMethod.Post, "hosts", Body, HttpStatusCode.Created);
        var id = created.GetProperty("id").GetInt32();
        Assert.Equal("hypervisor", created.GetProperty("role").GetString());

        var found = await SendAsync(HttpMethod.Post, $"hosts/{id}/discover", null);
        var guest = found.GetProperty("items")[0];
        var guestId = guest.GetProperty("id").GetInt32();
        Assert.Equal(
            ["id", "hostId", "realm", "externalId", "name", "kind", "state", "agent", "priority", "seenAt"],
            guest.EnumerateObject().Select(p => p.Name)
        );
        Assert.Equal(("vm", "running", "running"), (Text(guest, "kind"), Text(guest, "state"), Text(guest, "agent")));
        Assert.Equal(JsonValueKind.Null, found.GetProperty("nextCursor").ValueKind);

        var changed = await SendAsync(HttpMethod.Put, $"guests/{guestId}", """{"priority": 3}""");
        Assert.Equal(3, changed.GetProperty("priority").GetInt32());

        var told = await SendAsync(HttpMethod.Post, $"guests/{guestId}/power", """{"action": "save"}""");
        Assert.True(told.GetProperty("accepted").GetBoolean());
        Assert.Contains("Save a", _driver.Calls);
        await SendAsync(HttpMethod.Post, $"hosts/{id}/power", """{"action": "shutdown"}""");

        Assert.Equal(1, (await SendAsync(HttpMethod.Get, "hosts", null)).GetProperty("items").GetArrayLength());
        Assert.Equal(
            1,
            (await SendAsync(HttpMethod.Get, $"hosts/{id}/guests", null)).GetProperty("items").GetArrayLength()
        );
        await SendAsync(HttpMethod.Put, $"hosts/{id}", Body.Replace("h1", "h2", StringComparison.Ordinal));
        Assert.Equal("h2", Text(await SendAsync(HttpMethod.Get, $"hosts/{id}", null), "name"));
        await SendAsync(HttpMethod.Delete, $"hosts/{id}", null, HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Test_AnswersChecksAndFingerprints()
    {
        var answer = await SendAsync(HttpMethod.Post, "hosts/test", Body);
        Assert.Equal(
            ["ok", "checks", "hostKeyFingerprint", "certificateFingerprint", "directCertificateFingerprint"],
            answer.EnumerateObject().Select(p => p.Name)
        );
        Assert.Equal(
            """{"name":"virsh","state":"failed","detail":"no virsh"}""",
            answer.GetProperty("checks")[1].GetRawText()
        );
        Assert.Equal(0, (await SendAsync(HttpMethod.Get, "hosts", null)).GetProperty("items").GetArrayLength());
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private async Task<JsonElement> SendAsync(
        HttpMethod method,
        string path,
        string? body,
        HttpStatusCode expected = HttpStatusCode.OK
    )
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(expected, response.StatusCode);
        return expected == HttpStatusCode.NoContent
            ? default
            : await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }

    private sealed class EverybodyIsAdmin(
        IOptionsMonitor<AuthenticationSchemeOptions> options,
        ILoggerFactory logger,
        UrlEncoder encoder
    ) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() =>
            Task.FromResult(
                AuthenticateResult.Success(new AuthenticationTicket(HostsHarness.As("Administrator"), "test"))
            );
    }
}
