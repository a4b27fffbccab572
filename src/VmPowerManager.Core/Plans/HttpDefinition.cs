using System.Collections.Immutable;

namespace VmPowerManager.Core.Plans;

/// <summary>A request that this program sends itself, in place of a command. Placeholders (<see cref="Placeholders"/>) may
/// stand in the path and the query, in values of headers and in the body.</summary>
public sealed record HttpDefinition
{
    public string Method { get; init; } = "POST";

    /// <summary>Absolute, <c>https://…</c> or <c>http://…</c>.</summary>
    public string Url { get; init; } = "";
    public ImmutableArray<HttpHeaderDefinition> Headers { get; init; } = [];

    /// <summary>Of the body; decides how placeholders in it become data.</summary>
    public string ContentType { get; init; } = Json;
    public string? Body { get; init; }

    /// <summary>The only status that is success; null: any from 200 to 299.</summary>
    public int? ExpectStatus { get; init; }

    /// <summary>What the answer must hold besides; null: nothing.</summary>
    public string? ExpectText { get; init; }

    /// <summary>The only certificate that is accepted, <c>SHA256:…</c>; null: the first one seen.</summary>
    public string? CertificateFingerprint { get; init; }

    public const string Json = "application/json";
    public const string Form = "application/x-www-form-urlencoded";
    public const string Text = "text/plain";

    public static ImmutableArray<string> Methods { get; } = ["GET", "POST", "PUT", "PATCH", "DELETE"];

    /// <summary>What secrets belong to: scheme, name and port; null: the address is none. Known to be free of
    /// placeholders.</summary>
    public static string? Server(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && uri.Host.Length > 0
            ? $"{uri.Scheme}://{uri.IdnHost.ToLowerInvariant()}:{uri.Port}"
            : null;

    /// <summary>Method and address, as screens and events show it.</summary>
    public override string ToString() => $"{Method} {Url}";
}

/// <summary>A header of a request. The value of a secret one is stored encrypted and never shown again.</summary>
public sealed record HttpHeaderDefinition
{
    public string Name { get; init; } = "";

    /// <summary>In clear; of a secret one only on its way in: null keeps what is stored, empty clears it.</summary>
    public string? Value { get; init; }
    public bool Secret { get; init; }

    /// <summary>Of a secret one: its encrypted value. Never leaves with a plan.</summary>
    public string? Sealed { get; init; }

    /// <summary>Of a secret one, as it is answered: something is stored.</summary>
    public bool? HasValue { get; init; }

    /// <summary>Never a secret.</summary>
    public override string ToString() => Name;
}
