using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace VmPowerManager.Accounts;

/// <summary>How an access token is checked: our key, our clock, and that its user has not changed since (DESIGN 5).</summary>
internal sealed class JwtDoor(SigningKey key, Admission admission, TimeProvider time)
    : IConfigureNamedOptions<JwtBearerOptions>
{
    public void Configure(JwtBearerOptions options) => Configure(Doors.Jwt, options);

    public void Configure(string? name, JwtBearerOptions options)
    {
        if (name != Doors.Jwt)
            return;
        options.MapInboundClaims = false;
        options.TokenValidationParameters = new TokenValidationParameters
        {
            ValidIssuer = SessionCommands.Issuer,
            ValidAudience = SessionCommands.Issuer,
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            IssuerSigningKeyResolver = (_, _, _, _) => [key.Value],
            NameClaimType = Doors.NameClaim,
            RoleClaimType = Doors.RoleClaim,
            LifetimeValidator = (from, to, _, _) =>
                from <= time.GetUtcNow().UtcDateTime.AddSeconds(1) && to > time.GetUtcNow().UtcDateTime,
        };
        options.Events = new JwtBearerEvents { OnTokenValidated = CheckStampAsync };
    }

    private async Task CheckStampAsync(TokenValidatedContext context)
    {
        if (
            context.Principal is not { } who
            || await admission.FindAsync(who, context.HttpContext.RequestAborted) is null
        )
            context.Fail("The account has changed since this token was given out.");
    }
}
