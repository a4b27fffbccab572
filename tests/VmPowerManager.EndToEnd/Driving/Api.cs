using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;

namespace VmPowerManager.EndToEnd.Driving;

/// <summary>What the API answered, kept whole.</summary>
public sealed record Answer(string Request, HttpStatusCode Status, string? ContentType, string Text)
{
    public JsonNode? Body => Text.StartsWith('{') || Text.StartsWith('[') ? JsonNode.Parse(Text) : null;

    /// <summary>Asserts success and gives the body.</summary>
    public JsonNode Ok()
    {
        Assert.True((int)Status is >= 200 and < 300, $"{Request}: {(int)Status}\n{Text}");
        return Body ?? new JsonObject();
    }

    /// <summary>Asserts problem details (RFC 9457) of this status, and gives their text for what it must name.</summary>
    public string Problem(HttpStatusCode status)
    {
        Assert.True(Status == status, $"{Request}: {(int)Status}, not {(int)status}\n{Text}");
        Assert.Equal("application/problem+json", ContentType);
        Assert.Equal((int)status, (int?)Body?["status"]);
        return Text;
    }
}

/// <summary>The REST API (API.md) as a script would use it.</summary>
public sealed class Api(Uri url) : IDisposable
{
    private readonly HttpClient _client = new(new HttpClientHandler { AllowAutoRedirect = false })
    {
        BaseAddress = url,
        Timeout = TimeSpan.FromSeconds(60),
    };

    public static async Task<Api> SignedInAsync(
        Uri url,
        string email = AppProcess.Email,
        string password = AppProcess.Password
    )
    {
        var api = new Api(url);
        await api.SignInAsync(email, password);
        return api;
    }

    public async Task<JsonNode> SignInAsync(string email, string password)
    {
        var token = (await SendAsync(HttpMethod.Post, "auth/token", new { email, password })).Ok();
        UseToken((string?)token["accessToken"]);
        return token;
    }

    public void UseToken(string? token) =>
        _client.DefaultRequestHeaders.Authorization = token is null ? null : new("Bearer", token);

    /// <param name="path">Below /api/v1/, or from the root when it begins with a slash.</param>
    /// <param name="body">Anything that serialises in camelCase, or null.</param>
    public async Task<Answer> SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var content = body is null
            ? null
            : JsonContent.Create(body, body.GetType(), new MediaTypeHeaderValue("application/json"));
        return await ExchangeAsync(method, path, content);
    }

    /// <summary>POSTs a body as it stands, JSON or not.</summary>
    public async Task<Answer> SendTextAsync(string path, string text)
    {
        using var content = new StringContent(text, Encoding.UTF8, "application/json");
        return await ExchangeAsync(HttpMethod.Post, path, content);
    }

    private async Task<Answer> ExchangeAsync(HttpMethod method, string path, HttpContent? content)
    {
        using var request = new HttpRequestMessage(method, path.StartsWith('/') ? path : "/api/v1/" + path)
        {
            Content = content,
        };
        using var response = await _client.SendAsync(request, CancellationToken.None);
        return new(
            $"{method} {path}",
            response.StatusCode,
            response.Content.Headers.ContentType?.MediaType,
            await response.Content.ReadAsStringAsync(CancellationToken.None)
        );
    }

    public async Task<JsonNode> GetAsync(string path) => (await SendAsync(HttpMethod.Get, path)).Ok();

    public async Task<JsonNode> PostAsync(string path, object? body = null) =>
        (await SendAsync(HttpMethod.Post, path, body)).Ok();

    /// <summary>The items of a list answer.</summary>
    public async Task<IReadOnlyList<JsonNode>> ListAsync(string path) =>
        [.. ((await GetAsync(path))["items"] as JsonArray ?? []).OfType<JsonNode>()];

    /// <summary>Creates a resource and gives its id.</summary>
    public async Task<int> CreateAsync(string path, object body) =>
        (int?)(await PostAsync(path, body))["id"] ?? throw new InvalidOperationException($"POST {path}: no id");

    /// <summary>Reads the event stream until a line contains the words.</summary>
    public async Task<string> StreamedAsync(string words, TimeSpan bound)
    {
        using var limit = new CancellationTokenSource(bound, TimeProvider.System);
        var stream = await _client.GetStreamAsync("/api/v1/stream", limit.Token);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        while (await reader.ReadLineAsync(limit.Token) is { } line)
            if (line.Contains(words, StringComparison.Ordinal))
                return line;
        throw new InvalidOperationException($"The stream ended without '{words}'");
    }

    /// <summary>The messages of one type of the event stream, from now on.</summary>
    public async IAsyncEnumerable<JsonNode> MessagesAsync(string type, [EnumeratorCancellation] CancellationToken ct)
    {
        var stream = await _client.GetStreamAsync("/api/v1/stream", ct);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var mine = false;
        while (await reader.ReadLineAsync(ct) is { } line)
            if (line.StartsWith("event:", StringComparison.Ordinal))
                mine = line["event:".Length..].Trim() == type;
            else if (mine && line.StartsWith("data:", StringComparison.Ordinal))
                if (JsonNode.Parse(line["data:".Length..]) is { } message)
                    yield return message;
    }

    public void Dispose() => _client.Dispose();
}
