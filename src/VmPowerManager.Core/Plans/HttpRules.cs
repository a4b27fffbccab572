using System.Text.Json;
using System.Text.RegularExpressions;

namespace VmPowerManager.Core.Plans;

/// <summary>What a request of a step may look like, and where placeholders may stand.</summary>
internal static partial class HttpRules
{
    private const int LongestUrl = 2000;
    private const int LongestBody = 64 << 10;
    private const int MostHeaders = 20;
    private const int LongestValue = 4000;

    private static readonly string[] Ours =
    [
        "host",
        "content-length",
        "content-type",
        "transfer-encoding",
        "connection",
        "upgrade",
        "expect",
        "te",
        "trailer",
    ];

    /// <summary>Fields of the request that are wrong, and why.</summary>
    public static IEnumerable<(string Field, string Message)> Against(HttpDefinition http)
    {
        if (!HttpDefinition.Methods.Contains(http.Method))
            yield return ("http.method", $"One of: {string.Join(", ", HttpDefinition.Methods)}.");
        if (AgainstUrl(http.Url) is { } wrong)
            yield return ("http.url", wrong);
        if (Unknown(http.Url) is { } inUrl)
            yield return ("http.url", inUrl);
        if (http.Headers.Length > MostHeaders)
            yield return ("http.headers", $"At most {MostHeaders} headers.");
        for (var h = 0; h < http.Headers.Length; h++)
            foreach (var (field, message) in AgainstHeader(http.Headers[h]))
                yield return ($"http.headers[{h}].{field}", message);
        foreach (var found in AgainstBody(http))
            yield return found;
        if (http.ExpectStatus is < 100 or > 599)
            yield return ("http.expectStatus", "From 100 to 599, or nothing: any from 200 to 299.");
        if (http.ExpectText?.Length > LongestValue)
            yield return ("http.expectText", $"At most {LongestValue} characters.");
        if (http.CertificateFingerprint is { } certificate && !Certificate().IsMatch(certificate.Trim()))
            yield return (
                "http.certificateFingerprint",
                "The SHA-256 of the certificate: SHA256: and 43 characters, or 64 hexadecimal digits."
            );
        else if (http.CertificateFingerprint is not null && HttpDefinition.Server(http.Url)?[..5] == "http:")
            yield return ("http.certificateFingerprint", "Without TLS there is no certificate.");
    }

    private static string? AgainstUrl(string? url)
    {
        if (url is not { Length: > 0 and <= LongestUrl } || url.Any(char.IsControl))
            return $"An address, https://… or http://…, of at most {LongestUrl} characters.";
        if (HttpDefinition.Server(url) is null)
            return "An address: https://… or http://….";
        var path = url.IndexOf('/', url.IndexOf("://", StringComparison.Ordinal) + 3);
        var server = path < 0 ? url : url[..path];
        if (server.AsSpan().IndexOfAny("{}?#") >= 0)
            return "A placeholder stands in the path or the query, never in the name of the server.";
        return server.Contains('@', StringComparison.Ordinal)
            ? "No user and password in the address: use a secret header."
            : null;
    }

    private static IEnumerable<(string Field, string Message)> AgainstHeader(HttpHeaderDefinition header)
    {
        if (!Token().IsMatch(header.Name ?? ""))
            yield return ("name", "The name of a header: Authorization, X-Api-Key ...");
        else if (Ours.Contains(header.Name, StringComparer.OrdinalIgnoreCase))
            yield return ("name", $"{header.Name} is set by this program.");
        if (header.Value is { } value && (value.Length > LongestValue || value.Any(c => c is < ' ' or > '~')))
            yield return ("value", $"At most {LongestValue} printable characters of ASCII.");
        if (header is { Secret: true, Value: { } secret } && Placeholders.Has(secret))
            yield return ("value", "A secret holds no placeholders.");
        else if (Unknown(header.Value) is { } unknown)
            yield return ("value", unknown);
    }

    private static IEnumerable<(string Field, string Message)> AgainstBody(HttpDefinition http)
    {
        if (!Media().IsMatch(http.ContentType ?? ""))
            yield return ("http.contentType", "A media type: application/json ...");
        if (http.Body is not { Length: > 0 } body)
            yield break;
        if (http.Method == "GET")
            yield return ("http.body", "A GET has no body.");
        if (body.Length > LongestBody)
            yield return ("http.body", $"At most {LongestBody >> 10} KiB.");
        else if (http.ContentType == HttpDefinition.Json && NoJson(body) is { } wrong)
            yield return ("http.body", wrong);
        if (Unknown(body) is { } unknown)
            yield return ("http.body", unknown);
    }

    private static string? NoJson(string body)
    {
        try
        {
            using var _ = JsonDocument.Parse(body, new() { MaxDepth = 32 });
            return null;
        }
        catch (JsonException e)
        {
            return $"No JSON (a placeholder stands within quotes: \"{{ups.charge}}\" becomes a number): {e.Message}";
        }
    }

    public static string? Unknown(string? text) =>
        Placeholders.Unknown(text) is { } unknown
            ? $"{{{unknown}}} is not known. There are: {string.Join(", ", Placeholders.Names)}."
            : null;

    [GeneratedRegex("^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$")]
    private static partial Regex Token();

    [GeneratedRegex("^[A-Za-z0-9.+-]{1,60}/[A-Za-z0-9.+-]{1,60}$")]
    private static partial Regex Media();

    [GeneratedRegex("^(SHA256:[A-Za-z0-9+/]{43}=?|([0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2})$")]
    private static partial Regex Certificate();
}
