using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace VmPowerManager.Lab.Redfish;

/// <summary>A stand-in for a controller with a Redfish service, on loopback over TLS: no simulator of one can be had. It holds
/// to DSP0266 where we rely on it, and has the traps of real ones; independent clients drive it as well.</summary>
public sealed class FakeRedfish : IAsyncDisposable
{
    public const string Password = "lab-redfish-12";
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, string> _sessions = new();
    private readonly TaskCompletionSource _frozen = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _lastSession;

    private FakeRedfish(WebApplication app, FakeSystem[] systems) => (_app, Systems) = (app, systems);

    public FakeSystem[] Systems { get; }
    public FakeSystem System => Systems[0];
    public Uri Url => new(_app.Urls.First());

    /// <summary>User to role; all have <see cref="Password"/>.</summary>
    public Dictionary<string, string> Users { get; } =
        new()
        {
            ["admin"] = "Administrator",
            ["oper"] = "Operator",
            ["look"] = "ReadOnly",
        };

    /// <summary>False: it has no SessionService, only Basic.</summary>
    public bool HasSessions { get; set; } = true;
    public bool HasAccounts { get; set; } = true;

    /// <summary>It takes requests and never answers.</summary>
    public bool Frozen { get; set; }
    public IReadOnlyCollection<string> OpenSessions => [.. _sessions.Keys];

    /// <summary>Method and path of each request.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>What is said in place of the real answer to a path, or null.</summary>
    public Func<string, string?>? Instead { get; set; }

    public static Task<FakeRedfish> StartAsync(params FakeSystem[] systems) => StartAsync(0, systems);

    public static async Task<FakeRedfish> StartAsync(int port, params FakeSystem[] systems)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var certificate = NewCertificate();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, port, l => l.UseHttps(certificate)));
        builder.WebHost.UseKestrelHttpsConfiguration();
        var app = builder.Build();
        var fake = new FakeRedfish(app, systems.Length > 0 ? systems : [new FakeSystem("System.Embedded.1")]);
        app.Run(fake.AnswerAsync);
        await app.StartAsync();
        return fake;
    }

    /// <summary>As a controller that was restarted does.</summary>
    public void LoseSessions() => _sessions.Clear();

    public async ValueTask DisposeAsync()
    {
        _frozen.TrySetResult();
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        var path = (http.Request.Path.Value ?? "").TrimEnd('/');
        Requests.Enqueue($"{http.Request.Method} {path}");
        if (Frozen)
            await _frozen.Task.WaitAsync(http.RequestAborted);
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync();
        http.Response.Headers["OData-Version"] = "4.0";
        if (Instead?.Invoke(path) is { } other)
            await http.Response.WriteAsync(other);
        else if (path == "/redfish")
            await SayAsync(http, 200, new { v1 = "/redfish/v1/" });
        else if (path == "/redfish/v1")
            await SayAsync(http, 200, FakeResources.Root(HasSessions, HasAccounts));
        else if (HasSessions && (http.Request.Method, path) == ("POST", "/redfish/v1/SessionService/Sessions"))
            await LogInAsync(http, body);
        else if (UserOf(http) is not { } user)
            await RefuseAsync(http, 401, "NoValidSession", "There is no valid session established.");
        else
            await AnswerAsync(http, path, user, body);
    }

    private Task AnswerAsync(HttpContext http, string path, string user, string body)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Skip(2).ToArray();
        var system = parts is ["Systems", var id, ..] ? Systems.FirstOrDefault(s => s.Id == id) : null;
        return (http.Request.Method, parts) switch
        {
            ("GET", ["Systems"]) => SayAsync(http, 200, Collection(path, Systems.Select(s => s.Id))),
            ("GET", [_, _]) when system is not null => SayAsync(http, 200, FakeResources.Of(system)),
            ("GET", [_, _, "ResetActionInfo"]) when system is { ByActionInfo: true } => SayAsync(
                http,
                200,
                FakeResources.ActionInfo(system)
            ),
            ("POST", [_, _, "Actions", "ComputerSystem.Reset"]) when system is not null => ResetAsync(
                http,
                system,
                user,
                body
            ),
            ("GET", ["SessionService"]) when HasSessions => SayAsync(http, 200, FakeResources.SessionService),
            ("GET", ["SessionService", "Sessions"]) when HasSessions => SayAsync(http, 200, Collection(path, [])),
            ("DELETE", ["SessionService", "Sessions", var number]) when HasSessions => EndAsync(http, number),
            ("GET", ["AccountService"]) when HasAccounts => SayAsync(http, 200, FakeResources.AccountService),
            ("GET", ["AccountService", "Accounts"]) when HasAccounts => SayAsync(
                http,
                200,
                Collection(path, Users.Keys)
            ),
            // Only the administrator sees other people's accounts.
            ("GET", ["AccountService", "Accounts", var name]) when HasAccounts && Users.ContainsKey(name) => name
                == user
            || Users[user] == "Administrator"
                ? SayAsync(http, 200, FakeResources.Account(name, Users[name]))
                : RefuseAsync(http, 403, "InsufficientPrivilege", "There are insufficient privileges."),
            ("GET", ["AccountService", "Roles", var role]) when HasAccounts => SayAsync(
                http,
                200,
                FakeResources.Role(role)
            ),
            _ => RefuseAsync(http, 404, "ResourceMissingAtURI", $"The resource at the URI {path} was not found."),
        };
    }

    private Task LogInAsync(HttpContext http, string body)
    {
        var said = JsonSerializer.Deserialize<Dictionary<string, string>>(body) ?? [];
        var user = said.GetValueOrDefault("UserName") ?? "";
        if (!Users.ContainsKey(user) || said.GetValueOrDefault("Password") != Password)
            return RefuseAsync(http, 401, "ResourceAtUriUnauthorized", "Invalid user name or password.");
        var number = $"{Interlocked.Increment(ref _lastSession)}";
        _sessions[number] = user;
        http.Response.Headers["X-Auth-Token"] = $"token-{number}";
        http.Response.Headers.Location = $"/redfish/v1/SessionService/Sessions/{number}";
        return SayAsync(http, 201, FakeResources.Session(number, user));
    }

    private Task EndAsync(HttpContext http, string number)
    {
        if (!_sessions.TryRemove(number, out _))
            return RefuseAsync(http, 404, "ResourceMissingAtURI", "No such session.");
        http.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    private Task ResetAsync(HttpContext http, FakeSystem system, string user, string body)
    {
        if (Users[user] == "ReadOnly")
            return RefuseAsync(
                http,
                403,
                "InsufficientPrivilege",
                "There are insufficient privileges for the account."
            );
        // DSP0266: a request with a body has to say what it is.
        if (
            http.Request.ContentLength is null
            || http.Request.ContentType?.StartsWith("application/json", StringComparison.Ordinal) != true
        )
            return RefuseAsync(http, 415, "UnsupportedMediaType", "A JSON body of a known length is needed.");
        var type = JsonSerializer.Deserialize<Dictionary<string, string>>(body)?.GetValueOrDefault("ResetType") ?? "";
        if (!system.Take(type))
            return RefuseAsync(
                http,
                400,
                "ActionParameterValueNotInList",
                $"The value '{type}' for the parameter ResetType in the action Reset is not in the list of acceptable values."
            );
        http.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    private string? UserOf(HttpContext http)
    {
        var token = http.Request.Headers["X-Auth-Token"].ToString();
        if (token.StartsWith("token-", StringComparison.Ordinal))
            return _sessions.GetValueOrDefault(token["token-".Length..]);
        var basic = http.Request.Headers.Authorization.ToString();
        if (!basic.StartsWith("Basic ", StringComparison.Ordinal))
            return null;
        var login = Encoding.UTF8.GetString(Convert.FromBase64String(basic["Basic ".Length..])).Split(':', 2);
        return Users.ContainsKey(login[0]) && login[1] == Password ? login[0] : null;
    }

    private static Dictionary<string, object> Collection(string path, IEnumerable<string> ids) =>
        new Dictionary<string, object>
        {
            ["@odata.id"] = path,
            ["@odata.type"] = "#Collection.Collection",
            ["Name"] = "Collection",
            ["Members@odata.count"] = ids.Count(),
            ["Members"] = ids.Select(i => FakeResources.Link($"{path}/{i}")).ToArray(),
        };

    private static Task RefuseAsync(HttpContext http, int status, string id, string words) =>
        SayAsync(http, status, FakeResources.Error(id, words));

    private static Task SayAsync(HttpContext http, int status, object body)
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsJsonAsync(body, new JsonSerializerOptions());
    }

    private static X509Certificate2 NewCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var made = new CertificateRequest("CN=bmc", key, HashAlgorithmName.SHA256).CreateSelfSigned(
            now.AddYears(-2),
            now.AddYears(-1)
        );
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
