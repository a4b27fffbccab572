using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using VmPowerManager.Core;
using VmPowerManager.Events;

namespace VmPowerManager.Accounts;

/// <summary>Proves a person by password and, where it is on, a second factor. Guesses are bounded by account (Identity's
/// lock-out) and by address.</summary>
internal sealed class SignIn(
    UserManager<AppUser> users,
    IPasswordHasher<AppUser> hasher,
    AttemptThrottle throttle,
    EventLog events,
    TimeProvider time
)
{
    private const int MostAMinute = 20;

    // Hashed once a process: an unknown address has to cost what a known one costs.
    private static readonly Lazy<string> Decoy = new(() =>
        new PasswordHasher<AppUser>().HashPassword(new AppUser(), RandomNumberGenerator.GetHexString(32))
    );

    /// <exception cref="NotSignedInException">Not that person.</exception>
    /// <exception cref="TooManyAttemptsException">Locked out, or too many failures from that address.</exception>
    public async Task<AppUser> ProveAsync(TokenRequest request, string remote)
    {
        var (email, password) = UserInput.Demand(request.Email, request.Password);
        throttle.Enter($"sign-in {remote}", MostAMinute, TimeSpan.FromMinutes(1));
        var user = await users.FindByEmailAsync(email);
        if (user is null)
        {
            hasher.VerifyHashedPassword(new AppUser(), Decoy.Value, password);
            throw Refuse(email, remote);
        }
        DemandNotLocked(user);
        if (!await users.CheckPasswordAsync(user, password))
            throw await FailAsync(user, email, remote);
        if (user.TwoFactorEnabled)
            await DemandSecondFactorAsync(user, request.Code, email, remote);
        if (user.AccessFailedCount > 0)
            await users.ResetAccessFailedCountAsync(user);
        throttle.TakeBack($"sign-in {remote}");
        events.Append(
            new NewEvent("accounts.signedIn", Severity.Info, email, $"{email} signed in.")
            {
                Actor = email,
                Data = new { remote },
            }
        );
        return user;
    }

    private async Task DemandSecondFactorAsync(AppUser user, string? code, string email, string remote)
    {
        if (string.IsNullOrWhiteSpace(code))
        {
            // The password was right: asking for the code is no failed guess.
            throttle.TakeBack($"sign-in {remote}");
            throw new NotSignedInException("The code of the second factor is needed.") { SecondFactorNeeded = true };
        }
        var plain = code.Replace(" ", "", StringComparison.Ordinal);
        if (
            !await users.VerifyTwoFactorTokenAsync(user, TokenOptions.DefaultAuthenticatorProvider, plain)
            && !(await users.RedeemTwoFactorRecoveryCodeAsync(user, plain)).Succeeded
        )
            throw await FailAsync(user, email, remote);
    }

    private void DemandNotLocked(AppUser user)
    {
        if (user.LockoutEnd is { } end && end > time.GetUtcNow())
            throw new TooManyAttemptsException(
                "Too many failed attempts: this account is locked for now.",
                end - time.GetUtcNow()
            );
    }

    private async Task<Exception> FailAsync(AppUser user, string email, string remote)
    {
        await users.AccessFailedAsync(user);
        var refusal = Refuse(email, remote);
        DemandNotLocked(user);
        return refusal;
    }

    private NotSignedInException Refuse(string email, string remote)
    {
        events.Append(
            new NewEvent("accounts.signInFailed", Severity.Warning, email, $"A sign-in as {email} failed.")
            {
                Data = new { remote },
            }
        );
        return new NotSignedInException("E-mail address, password or code is wrong.");
    }
}
