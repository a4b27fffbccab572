using System.Text.Json;
using System.Text.RegularExpressions;
using VmPowerManager.Core;

namespace VmPowerManager.Notifications.Webhook;

/// <summary>A header of the user's own; the value is kept apart.</summary>
internal sealed record WebhookHeader(string Name, string? Value = null)
{
    public override string ToString() => Name;
}

/// <summary>The block <c>webhook</c>; the secret and the values of headers are kept apart.</summary>
internal sealed partial record WebhookSettings
{
    /// <summary>Never a secret.</summary>
    public override string ToString() => nameof(WebhookSettings);

    public const string Block = "webhook";
    public const string SecretKey = "secret";
    private const int MostHeaders = 20;
    private const int MostSeconds = 60;

    private static readonly string[] Reserved =
    [
        "host",
        "content-length",
        "content-type",
        "content-encoding",
        "transfer-encoding",
        "connection",
        "upgrade",
        "te",
        "trailer",
        "expect",
        "proxy-authorization",
    ];

    public string Url { get; init; } = "";

    /// <summary>Signs the body with HMAC-SHA256.</summary>
    public string? Secret { get; init; }
    public IReadOnlyList<WebhookHeader> Headers { get; init; } = [];
    public int TimeoutSeconds { get; init; } = 10;

    /// <summary>SHA-256 of the server's certificate; null: one that this machine trusts for that name.</summary>
    public string? CertificateFingerprint { get; init; }

    public static WebhookSettings Of(JsonElement stored) =>
        stored.Deserialize<WebhookSettings>(Json.Options) ?? new WebhookSettings();

    /// <summary>The name of the secret that holds a header's value.</summary>
    public static string SecretOf(WebhookHeader header) => $"headers.{header.Name.ToUpperInvariant()}";

    public static WebhookSettings Parse(JsonElement entered, Action<string, string> wrong)
    {
        var read = JsonFaults.Read<WebhookSettings>(entered, Block);
        var settings = read with
        {
            Url = (read.Url ?? "").Trim(),
            Headers = [.. (read.Headers ?? []).Select(h => h with { Name = (h.Name ?? "").Trim() })],
            CertificateFingerprint = string.IsNullOrWhiteSpace(read.CertificateFingerprint)
                ? null
                : read.CertificateFingerprint.Trim(),
        };
        settings.Check(wrong);
        return settings;
    }

    private void Check(Action<string, string> wrong)
    {
        if (Url.Length == 0)
            wrong("url", "Is required.");
        else if (UrlProblem() is { } problem)
            wrong("url", problem);
        if (TimeoutSeconds is < 1 or > MostSeconds)
            wrong("timeoutSeconds", $"Must be a whole number from 1 to {MostSeconds}.");
        if (Headers.Count > MostHeaders)
            wrong("headers", $"Must not be more than {MostHeaders}.");
        foreach (var (header, i) in Headers.Select((h, i) => (h, i)))
        {
            if (!HeaderName().IsMatch(header.Name) || IsReserved(header.Name))
                wrong($"headers[{i}].name", $"Cannot be set: {Printable(header.Name)}");
            else if (Headers.Take(i).Any(h => h.Name.Equals(header.Name, StringComparison.OrdinalIgnoreCase)))
                wrong($"headers[{i}].name", $"Is there twice: {header.Name}");
            if (header.Value?.Any(c => c is < ' ' or > '~') == true)
                wrong($"headers[{i}].value", "Must hold printable ASCII characters only.");
        }
        if (CertificateFingerprint is { } pinned && !CertificatePin.IsFingerprint(pinned))
            wrong("certificateFingerprint", "Must be a SHA-256 in hexadecimal: 64 digits.");
    }

    private string? UrlProblem()
    {
        if (Url.Length > 2000 || !Uri.TryCreate(Url, UriKind.Absolute, out var uri))
            return "Must be a URL.";
        if (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
            return "Must begin with http:// or https://.";
        return uri.UserInfo.Length > 0 ? "Must not hold a user or a password: use a header." : null;
    }

    private static bool IsReserved(string name) =>
        Reserved.Contains(name, StringComparer.OrdinalIgnoreCase)
        || name.StartsWith("X-VmPowerManager-", StringComparison.OrdinalIgnoreCase);

    private static string Printable(string name) => new([.. name.Where(c => c is >= ' ' and <= '~').Take(60)]);

    /// <summary>A token of RFC 9110.</summary>
    [GeneratedRegex("^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$")]
    private static partial Regex HeaderName();
}
