using System.Security.Claims;
using VmPowerManager.Accounts;
using VmPowerManager.Core;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Plans.Requests;

/// <summary>What a look at the server of a request found.</summary>
/// <param name="CertificateFingerprint">What it shows, to be compared and pinned; null for plain HTTP, or where it did not
/// answer.</param>
public sealed record RequestCheck(bool Ok, string Words, string? CertificateFingerprint);

/// <summary>Looks at the server of a request without sending it.</summary>
public sealed class RequestCommands(RequestSender sender)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <exception cref="InvalidInputException">The address is none.</exception>
    public async Task<RequestCheck> CheckAsync(ClaimsPrincipal actor, HttpDefinition http, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        if (HttpDefinition.Server(http.Url) is null)
            throw new InvalidInputException("url", "An address: https://… or http://….");
        var (outcome, certificate) = await sender.LookAsync(http, Limit, ct);
        return new(outcome.Ok, (outcome.Ok ? outcome.Value : outcome.Words) ?? "", certificate);
    }
}
