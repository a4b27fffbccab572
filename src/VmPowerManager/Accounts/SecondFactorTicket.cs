using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;

namespace VmPowerManager.Accounts;

/// <summary>What the sign-in page hands itself between its two steps in place of the password: that the password of this
/// account was right, sealed, for five minutes and until the account changes.</summary>
internal sealed class SecondFactorTicket(IDataProtectionProvider protection, TimeProvider time)
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(5);
    private readonly IDataProtector _protector = protection.CreateProtector("Accounts.SecondFactorTicket");

    /// <param name="Stay">What was chosen with the password.</param>
    internal sealed record Proof(int UserId, string Stamp, bool Stay, DateTimeOffset Until);

    public string Seal(AppUser user, bool stay) =>
        _protector.Protect(
            JsonSerializer.Serialize(
                new Proof(user.Id, Standings.HashStamp(user.SecurityStamp), stay, time.GetUtcNow() + Life)
            )
        );

    /// <summary>Null: not ours, or over.</summary>
    public Proof? Open(string? ticket)
    {
        try
        {
            var proof = JsonSerializer.Deserialize<Proof>(_protector.Unprotect(ticket ?? ""));
            return proof is not null && proof.Until > time.GetUtcNow() ? proof : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
