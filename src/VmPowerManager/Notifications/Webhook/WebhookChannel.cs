using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using VmPowerManager.Core;

namespace VmPowerManager.Notifications.Webhook;

/// <summary>POSTs JSON to a URL. 2xx is delivered; redirects are not followed: they would carry secrets to somebody
/// else.</summary>
internal sealed class WebhookChannel(TimeProvider time) : INotificationChannel
{
    private const string HeaderPrefix = "X-VmPowerManager-";
    private const int MostRead = 64 * 1024;

    /// <summary>The receiver understood, and will never take this message.</summary>
    private static readonly HashSet<HttpStatusCode> Final =
    [
        HttpStatusCode.BadRequest,
        HttpStatusCode.Gone,
        HttpStatusCode.RequestEntityTooLarge,
        HttpStatusCode.UnsupportedMediaType,
        HttpStatusCode.UnprocessableEntity,
        HttpStatusCode.RequestHeaderFieldsTooLarge,
        HttpStatusCode.UnavailableForLegalReasons,
    ];

    public string Kind => WebhookSettings.Block;
    public string Title => "Webhook";
    public IReadOnlyList<string> Confidential => ["url"];

    public IReadOnlyList<ChannelField> Fields { get; } =
    [
        new("url", "URL") { IsRequired = true, Hint = "Gets a POST with JSON for each event" },
        new("timeoutSeconds", "Wait for an answer (s)", ChannelFieldKind.Number) { Default = "10" },
        new(WebhookSettings.SecretKey, "Signing secret", ChannelFieldKind.Secret)
        {
            Hint = "Signs each body with HMAC-SHA256",
        },
        new("headers", "Headers of your own", ChannelFieldKind.Pairs) { Hint = "Such as Authorization" },
        new("certificateFingerprint", "Pinned certificate")
        {
            Hint = "SHA-256 of a self-signed server's certificate. Empty: any that this machine trusts",
        },
    ];

    public ChannelBlock Parse(JsonElement entered, Action<string, string> wrong)
    {
        var settings = WebhookSettings.Parse(entered, wrong);
        var secrets = new Dictionary<string, string?> { [WebhookSettings.SecretKey] = settings.Secret };
        foreach (var header in settings.Headers)
            secrets[WebhookSettings.SecretOf(header)] = header.Value;
        var stored = settings with
        {
            Secret = null,
            Headers = [.. settings.Headers.Select(h => h with { Value = null })],
        };
        return new(JsonSerializer.SerializeToElement(stored, Json.Options), secrets);
    }

    public JsonObject Show(JsonElement settings, IReadOnlySet<string> held)
    {
        // Not null: Parse wrote an object.
        var shown = JsonObject.Create(settings)!;
        shown.Remove(WebhookSettings.SecretKey);
        shown["hasSecret"] = held.Contains(WebhookSettings.SecretKey);
        shown["headers"] = new JsonArray([
            .. WebhookSettings
                .Of(settings)
                .Headers.Select(h => new JsonObject
                {
                    ["name"] = h.Name,
                    ["hasValue"] = held.Contains(WebhookSettings.SecretOf(h)),
                }),
        ]);
        return shown;
    }

    public string Address(JsonElement settings) => WebhookSettings.Of(settings).Url;

    public string Target(JsonElement settings) =>
        new Uri(WebhookSettings.Of(settings).Url).GetLeftPart(UriPartial.Authority);

    public TimeSpan Limit(JsonElement settings) => TimeSpan.FromSeconds(WebhookSettings.Of(settings).TimeoutSeconds);

    public async Task<string> SendAsync(ChannelTarget to, Notification what, CancellationToken ct)
    {
        var settings = WebhookSettings.Of(to.Settings);
        var pin = new CertificatePin(settings.CertificateFingerprint);
        // A connection of its own for each message: edits hold at once, and nothing is kept between outages.
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
            pin.Accept(certificate, errors);
        using var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        using var request = Compose(settings, to.Secrets, what);
        try
        {
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            return await JudgeAsync(answer, ct);
        }
        catch (HttpRequestException e)
        {
            throw new DeliveryException(pin.Refusal ?? e.GetBaseException().Message, e);
        }
    }

    private static HttpRequestMessage Compose(
        WebhookSettings settings,
        IReadOnlyDictionary<string, string> secrets,
        Notification what
    )
    {
        var body = WebhookBody.Of(what);
        var request = new HttpRequestMessage(HttpMethod.Post, settings.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json") { CharSet = "utf-8" };
        request.Headers.UserAgent.ParseAdd("VmPowerManager");
        request.Headers.Add(HeaderPrefix + "Delivery", what.Key);
        if (secrets.GetValueOrDefault(WebhookSettings.SecretKey) is { } secret)
            request.Headers.Add(HeaderPrefix + "Signature", $"sha256={Sign(secret, body)}");
        foreach (var header in settings.Headers)
            if (secrets.GetValueOrDefault(WebhookSettings.SecretOf(header)) is { } value)
            {
                request.Headers.Remove(header.Name);
                request.Headers.TryAddWithoutValidation(header.Name, value);
            }
        return request;
    }

    private static string Sign(string secret, byte[] body) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body));

    private async Task<string> JudgeAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        var status = answer.StatusCode;
        var words = $"HTTP {(int)status} {answer.ReasonPhrase}".TrimEnd();
        if (answer.IsSuccessStatusCode)
        {
            // Taken is taken: a body that breaks off or never ends changes nothing.
            return words;
        }
        if (answer.Headers.Location is not null && (int)status is >= 300 and < 400)
            throw new DeliveryException($"{words}: redirects are not followed. Enter the final address.");
        var said = await ReadAsync(answer, ct);
        throw new DeliveryException(said.Length == 0 ? words : $"{words}: {said}")
        {
            Permanent = Final.Contains(status),
            MessageOnly = Final.Contains(status),
            RetryAfter = RetryAfter(answer),
        };
    }

    private TimeSpan? RetryAfter(HttpResponseMessage answer) =>
        answer.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => null,
        };

    private static async Task<string> ReadAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        try
        {
            await using var body = await answer.Content.ReadAsStreamAsync(ct);
            var buffer = new byte[MostRead];
            var read = await body.ReadAtLeastAsync(buffer, MostRead, throwOnEndOfStream: false, ct);
            return Encoding.UTF8.GetString(buffer, 0, read);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return "";
        }
    }
}
