using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using VmPowerManager.Protocols.Tls;

namespace VmPowerManager.Protocols.Redfish;

/// <summary>Requests to one controller with a login: a session where it has them, else Basic with every request. Controllers
/// have few sessions and keep forgotten ones for half an hour: there is one, and it is ended. Any thread.</summary>
internal sealed class RedfishSession(HttpClient http, RedfishEndpoint endpoint) : IDisposable
{
    private const string RootPath = "/redfish/v1/";
    private static readonly JsonSerializerOptions AsNamed = new();
    private readonly SemaphoreSlim _once = new(1, 1);
    private Login? _login;
    private JsonElement? _root;

    private string At => $"{endpoint.Host}:{endpoint.Port}";

    /// <summary>How it is logged in, in words; null before.</summary>
    public string? How =>
        _login switch
        {
            null => null,
            { Token: not null } => "a session",
            _ => "Basic authentication",
        };

    /// <summary>The service root, which needs no login.</summary>
    public async Task<JsonElement> RootAsync(CancellationToken ct) =>
        _root ??= await ReadAsync(await SendAsync(HttpMethod.Get, RootPath, null, null, ct), ct);

    /// <exception cref="DeviceException">AuthenticationFailed; else by status, with the controller's words.</exception>
    public async Task<JsonElement> GetAsync(string path, CancellationToken ct) =>
        await ReadAsync(await CallAsync(HttpMethod.Get, path, null, ct), ct);

    /// <summary>Returning means that it accepted.</summary>
    public async Task PostAsync(string path, object body, CancellationToken ct)
    {
        using var response = await CallAsync(HttpMethod.Post, path, body, ct);
        if (!response.IsSuccessStatusCode)
            throw await FailureAsync(response, ct);
    }

    /// <summary>Ends the session, if there is one. What goes wrong with that is nobody's trouble.</summary>
    public async Task EndAsync(CancellationToken ct)
    {
        var login = Interlocked.Exchange(ref _login, null);
        if (login is not { Token: not null, Path: { } path })
            return;
        try
        {
            (await SendAsync(HttpMethod.Delete, path, null, login, ct)).Dispose();
        }
        catch (DeviceException) { }
    }

    public void Dispose() => _once.Dispose();

    /// <summary>A session may have ended meanwhile: then it is logged in once more.</summary>
    private async Task<HttpResponseMessage> CallAsync(
        HttpMethod method,
        string path,
        object? body,
        CancellationToken ct
    )
    {
        var login = await LoginAsync(null, ct);
        var response = await SendAsync(method, path, body, login, ct);
        if (response.StatusCode != HttpStatusCode.Unauthorized || login.Token is null)
            return response;
        response.Dispose();
        return await SendAsync(method, path, body, await LoginAsync(login, ct), ct);
    }

    /// <param name="ended">The login that is of no use any more.</param>
    private async Task<Login> LoginAsync(Login? ended, CancellationToken ct)
    {
        if (_login is { } had && had != ended)
            return had;
        await _once.WaitAsync(ct);
        try
        {
            if (_login is { } other && other != ended)
                return other;
            return _login = await BeginAsync(ct);
        }
        finally
        {
            _once.Release();
        }
    }

    private async Task<Login> BeginAsync(CancellationToken ct)
    {
        var root = await RootAsync(ct);
        if (RedfishJson.Path(root, "Links", "Sessions", "@odata.id") is not { } sessions)
            return Login.Basic;
        var body = new { endpoint.UserName, endpoint.Password };
        using var response = await SendAsync(HttpMethod.Post, sessions, body, null, ct);
        if (response.IsSuccessStatusCode && response.Headers.TryGetValues("X-Auth-Token", out var tokens))
            return new(tokens.First(), PathOf(response.Headers.Location));
        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            throw await FailureAsync(response, ct, DeviceFault.AuthenticationFailed);
        // No sessions here, all in use, or another way of asking: Basic is what every controller has to know.
        return Login.Basic;
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        object? body,
        Login? login,
        CancellationToken ct
    )
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.TryAddWithoutValidation("OData-Version", "4.0");
        request.Headers.Accept.ParseAdd("application/json");
        if (login?.Token is { } token)
            request.Headers.TryAddWithoutValidation("X-Auth-Token", token);
        else if (login is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "Basic",
                Convert.ToBase64String(Encoding.UTF8.GetBytes($"{endpoint.UserName}:{endpoint.Password}"))
            );
        if (body is not null)
        {
            request.Content = JsonContent.Create(body, options: AsNamed);
            // Some controllers do not take a body in chunks.
            await request.Content.LoadIntoBufferAsync(ct);
        }
        return await http.SendAsync(request, ct);
    }

    private async Task<JsonElement> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        using (response)
        {
            if (!response.IsSuccessStatusCode)
                throw await FailureAsync(response, ct);
            return RedfishJson.Parse(At, await response.Content.ReadAsByteArrayAsync(ct));
        }
    }

    private async Task<DeviceException> FailureAsync(
        HttpResponseMessage response,
        CancellationToken ct,
        DeviceFault? fault = null
    )
    {
        var body = await response.Content.ReadAsByteArrayAsync(ct);
        var words = $"{(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd();
        try
        {
            words = RedfishJson.Error(RedfishJson.Parse(At, body)) ?? words;
        }
        catch (DeviceException)
        {
            // No JSON: the status has to do.
        }
        fault ??= HttpFailure.Of(response.StatusCode);
        var who = fault == DeviceFault.AuthenticationFailed ? $"{At} does not accept {endpoint.UserName}" : At;
        return new DeviceException(fault.Value, $"{who}: {words}");
    }

    private static string? PathOf(Uri? location) =>
        location is null ? null
        : location.IsAbsoluteUri ? location.AbsolutePath
        : location.OriginalString;

    private sealed record Login(string? Token, string? Path)
    {
        public static Login Basic { get; } = new(null, null);

        public override string ToString() => nameof(Login);
    }
}
