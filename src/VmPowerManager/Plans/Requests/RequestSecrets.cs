using System.Security.Cryptography;
using System.Text.Json;
using VmPowerManager.Core.Plans;
using VmPowerManager.Storage;

namespace VmPowerManager.Plans.Requests;

/// <summary>Keeps the values of secret headers: encrypted within the plan, and bound to the server and the header that they
/// were given for, so that another address asks for them again (DESIGN 4).</summary>
public sealed class RequestSecrets(SecretBox box)
{
    private sealed record Kept(string Server, string Header, string Value);

    /// <summary>The plan as it is stored. What is left out is taken from <paramref name="saved"/>; what belongs to another
    /// server is dropped.</summary>
    public PlanDefinition Seal(PlanDefinition plan, PlanDefinition? saved)
    {
        var known = saved is null
            ? []
            : PlanSteps
                .Requests(saved)
                .SelectMany(r => r.Http.Headers.Where(h => h.Sealed is not null).Select(h => (r.Http, Header: h)))
                .ToList();
        return HttpSecrets.Change(plan, (http, header) => header.Secret ? Sealed(http, header) : Plain(header));

        HttpHeaderDefinition Sealed(HttpDefinition http, HttpHeaderDefinition header) =>
            header with
            {
                Value = null,
                HasValue = null,
                Sealed = header switch
                {
                    { Value: "" } => null,
                    { Value: { } value } => HttpDefinition.Server(http.Url) is { } server
                        ? box.Protect(new Kept(server, header.Name.ToLowerInvariant(), value))
                        : null,
                    { Sealed: not null } => Open(http, header) is null ? null : header.Sealed,
                    _ => known
                        .FirstOrDefault(k => Open(http, header with { Sealed = k.Header.Sealed }) is not null)
                        .Header?.Sealed,
                },
            };
    }

    /// <summary>Null: none is stored, it belongs to another server or header, or its key is gone.</summary>
    public string? Open(HttpDefinition http, HttpHeaderDefinition header)
    {
        if (header.Sealed is not { } text)
            return null;
        try
        {
            var kept = box.Unprotect<Kept>(text);
            return
                kept.Server == HttpDefinition.Server(http.Url)
                && kept.Header.Equals(header.Name, StringComparison.OrdinalIgnoreCase)
                ? kept.Value
                : null;
        }
        catch (Exception e) when (e is CryptographicException or JsonException or FormatException)
        {
            return null;
        }
    }

    private static HttpHeaderDefinition Plain(HttpHeaderDefinition header) =>
        header with
        {
            Value = header.Value ?? "",
            Sealed = null,
            HasValue = null,
        };
}
