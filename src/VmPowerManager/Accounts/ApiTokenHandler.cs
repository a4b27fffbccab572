using System.Globalization;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using VmPowerManager.Storage;

namespace VmPowerManager.Accounts;

/// <summary>Lets in by <c>Authorization: Bearer vhp_...</c>, with the token's role or its owner's, whichever is weaker.</summary>
internal sealed class ApiTokenHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    IDbContextFactory<AppDb> databases,
    Standings standings
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Presented(Request) is not { } token)
            return AuthenticateResult.NoResult();
        var ct = Context.RequestAborted;
        var hash = TokenText.Hash(token);
        await using var db = await databases.CreateDbContextAsync(ct);
        var row = await db.Set<ApiTokenRow>().AsNoTracking().FirstOrDefaultAsync(t => t.Hash == hash, ct);
        if (row is null || row.ExpiresAt <= TimeProvider.GetUtcNow())
            return AuthenticateResult.Fail("The API token is not valid.");
        if (await standings.FindAsync(row.UserId, ct) is not { } owner)
            return AuthenticateResult.Fail("The owner of the API token is gone.");
        var identity = Doors.Identity(owner, row.Role < owner.Role ? row.Role : owner.Role, Scheme.Name);
        identity.AddClaim(new(Doors.TokenClaim, row.Id.ToString(CultureInfo.InvariantCulture)));
        var properties = new AuthenticationProperties { ExpiresUtc = row.ExpiresAt };
        return AuthenticateResult.Success(
            new AuthenticationTicket(new ClaimsPrincipal(identity), properties, Scheme.Name)
        );
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = "Bearer";
        return Task.CompletedTask;
    }

    /// <summary>The API token of a request, or null when it has none.</summary>
    public static string? Presented(HttpRequest request)
    {
        const string scheme = "Bearer ";
        var header = request.Headers.Authorization.FirstOrDefault();
        if (header is null || !header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            return null;
        var token = header[scheme.Length..].Trim();
        return token.StartsWith(TokenText.ApiTokenPrefix, StringComparison.Ordinal) ? token : null;
    }
}
