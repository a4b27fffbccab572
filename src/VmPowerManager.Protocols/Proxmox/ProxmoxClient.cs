using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;

namespace VmPowerManager.Protocols.Proxmox;

/// <summary>Speaks the API that Proxmox VE and Proxmox Backup Server share: JSON over HTTPS under <c>/api2/json</c>, by
/// API token, or by a ticket with its token against forged requests. Any thread.</summary>
/// <param name="http">Trusts the right peer, bounds answers and has <see cref="HttpClient.BaseAddress"/>; its owner disposes
/// it.</param>
public sealed class ProxmoxClient(HttpClient http, ProxmoxLogin login, TimeProvider time) : IDisposable
{
    /// <summary>A wrong password is not tried again and again: accounts are locked for that.</summary>
    private static readonly TimeSpan RefusedFor = TimeSpan.FromSeconds(10);

    /// <summary>A ticket is good for two hours.</summary>
    private static readonly TimeSpan TicketAge = TimeSpan.FromMinutes(90);
    private readonly SemaphoreSlim _loggingIn = new(1, 1);
    private Ticket? _ticket;
    private (DeviceException Why, long At)? _refusal;

    public ProxmoxLogin Login => login;

    /// <param name="path">Below <c>/api2/json</c>, with a leading slash and its parts encoded.</param>
    /// <returns>The <c>data</c> of the answer; a <c>null</c> element where there is none.</returns>
    /// <exception cref="ProxmoxException">The API says no.</exception>
    /// <exception cref="DeviceException">As the transport's.</exception>
    public Task<JsonElement> GetAsync(string path, CancellationToken ct) => SendAsync(HttpMethod.Get, path, null, ct);

    /// <inheritdoc cref="GetAsync"/>
    public Task<JsonElement> PostAsync(
        string path,
        IReadOnlyDictionary<string, string>? fields,
        CancellationToken ct
    ) => SendAsync(HttpMethod.Post, path, fields ?? new Dictionary<string, string>(), ct);

    /// <inheritdoc cref="GetAsync"/>
    public Task<JsonElement> PutAsync(string path, IReadOnlyDictionary<string, string> fields, CancellationToken ct) =>
        SendAsync(HttpMethod.Put, path, fields, ct);

    /// <inheritdoc cref="GetAsync"/>
    public Task<JsonElement> DeleteAsync(string path, CancellationToken ct) =>
        SendAsync(HttpMethod.Delete, path, null, ct);

    public void Dispose() => _loggingIn.Dispose();

    private async Task<JsonElement> SendAsync(
        HttpMethod method,
        string path,
        IReadOnlyDictionary<string, string>? fields,
        CancellationToken ct
    )
    {
        if (login.TokenId is not null)
            return await ExchangeAsync(method, path, fields, null, ct);
        var ticket = await TicketAsync(null, ct);
        try
        {
            return await ExchangeAsync(method, path, fields, ticket, ct);
        }
        // A node that was started anew, or whose key was changed, knows older tickets no more. Nothing was done.
        catch (ProxmoxException e) when (e.Status == 401)
        {
            return await ExchangeAsync(method, path, fields, await TicketAsync(ticket, ct), ct);
        }
    }

    /// <param name="refused">The ticket that was not taken: another one is wanted.</param>
    private async Task<Ticket> TicketAsync(Ticket? refused, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(login.UserName) || string.IsNullOrEmpty(login.Password))
            throw new DeviceException(
                DeviceFault.AuthenticationFailed,
                "Neither an API token nor a user with a password is set."
            );
        await _loggingIn.WaitAsync(ct);
        try
        {
            if (_ticket is { } known && known != refused && time.GetElapsedTime(known.At) < TicketAge)
                return known;
            return _ticket = await LogInAsync(login.UserName, login.Password, ct);
        }
        finally
        {
            _loggingIn.Release();
        }
    }

    private async Task<Ticket> LogInAsync(string user, string password, CancellationToken ct)
    {
        if (_refusal is { } refusal && time.GetElapsedTime(refusal.At) < RefusedFor)
            throw refusal.Why;
        var at = time.GetTimestamp();
        var answer = await AskForTicketAsync(user, password, ct);
        if (answer.Text("ticket") is not { Length: > 0 } ticket)
            throw new DeviceException(DeviceFault.ProtocolError, "The login was answered without a ticket.");
        if (answer.Flag("NeedTFA"))
            throw new DeviceException(
                DeviceFault.AuthenticationFailed,
                $"{user} logs in with a second factor: give it an API token."
            );
        return new Ticket(ticket, answer.Text("CSRFPreventionToken") ?? "", at);
    }

    private async Task<JsonElement> AskForTicketAsync(string user, string password, CancellationToken ct)
    {
        var fields = new Dictionary<string, string> { ["username"] = user, ["password"] = password };
        try
        {
            return await ExchangeAsync(HttpMethod.Post, "/access/ticket", fields, null, ct);
        }
        catch (ProxmoxException e) when (e.Fault == DeviceFault.AuthenticationFailed)
        {
            _refusal = (e, time.GetTimestamp());
            throw;
        }
    }

    private async Task<JsonElement> ExchangeAsync(
        HttpMethod method,
        string path,
        IReadOnlyDictionary<string, string>? fields,
        Ticket? ticket,
        CancellationToken ct
    )
    {
        using var request = new HttpRequestMessage(method, "/api2/json" + path) { Version = new Version(1, 1) };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        // Of the user's choosing: not checked against the grammar of known schemes.
        if (ticket is not null)
        {
            request.Headers.TryAddWithoutValidation("Cookie", $"{login.Cookie}={Uri.EscapeDataString(ticket.Value)}");
            if (method != HttpMethod.Get)
                request.Headers.TryAddWithoutValidation("CSRFPreventionToken", ticket.Csrf);
        }
        else if (login.TokenId is not null)
            request.Headers.TryAddWithoutValidation("Authorization", Authorization());
        if (fields is not null)
            request.Content = new FormUrlEncodedContent(fields);
        using var response = await http.SendAsync(request, ct);
        var body = await response.Content.ReadAsByteArrayAsync(ct);
        return ProxmoxAnswer.Read((int)response.StatusCode, response.ReasonPhrase, body);
    }

    private string Authorization() =>
        login.Authorization.All(c => c is > ' ' and < (char)127)
            ? login.Authorization
            : throw new DeviceException(
                DeviceFault.AuthenticationFailed,
                "The API token holds characters that no API token has."
            );

    private sealed record Ticket(string Value, string Csrf, long At);

    /// <summary>A number as a part of a path or a parameter.</summary>
    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
