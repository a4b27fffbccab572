using System.Security.Claims;

namespace VmPowerManager.Accounts;

/// <summary>The ways in (DESIGN 5): schemes, and the claims that all of them make.</summary>
internal static class Doors
{
    /// <summary>The default: bearer schemes for /api and wherever Authorization is present, else the cookie.</summary>
    public const string Any = "Any";

    /// <summary>Bearer only, token or JWT: all that /api accepts.</summary>
    public const string Bearer = "Bearer";
    public const string Jwt = "Jwt";

    /// <summary>Browsers.</summary>
    public const string Cookie = "Cookie";
    public const string ApiToken = "ApiToken";

    public const string SubjectClaim = "sub";
    public const string NameClaim = "name";
    public const string EmailClaim = "email";
    public const string RoleClaim = "role";
    public const string StampClaim = "stamp";

    /// <summary>One sign-in of a browser, so that signing out ends it wherever its cookie was copied to.</summary>
    public const string SessionClaim = "sid";

    /// <summary>The row of an API token.</summary>
    public const string TokenClaim = "tid";

    /// <summary>The claims of a person who came in with <paramref name="role"/>.</summary>
    public static ClaimsIdentity Identity(Standing who, Role role, string scheme) =>
        new(
            [
                new Claim(SubjectClaim, who.UserId.ToString(System.Globalization.CultureInfo.InvariantCulture)),
                new Claim(NameClaim, who.Email),
                new Claim(EmailClaim, who.Email),
                new Claim(RoleClaim, role.ToString()),
            ],
            scheme,
            NameClaim,
            RoleClaim
        );
}
