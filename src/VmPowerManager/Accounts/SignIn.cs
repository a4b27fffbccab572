using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Core;
using VmPowerManager.Events;

namespace VmPowerManager.Accounts;

/// <summary>Proves a person by password and, where it is on, a second factor. Guesses are bounded by account (Identity's
/// lock-out) and by address. An address that no account has is refused in the same words, after the same work and with
/// the same lock-out as one that exists.</summary>
internal sealed partial class SignIn(
    UserManager<AppUser> users,
    IPasswordHasher<AppUser> hasher,
    AttemptThrottle throttle,
    UnknownAccounts unknown,
    EventLog events,
    TimeProvider time,
    ILogger<SignIn> logger
)
{
    private const int MostAMinute = 20;

    // Hashed once a process: an unknown address has to cost what a known one costs.
    private static readonly Lazy<string> Decoy = new(() =>
        new PasswordHasher<AppUser>().HashPassword(new AppUser(), RandomNumberGenerator.GetHexString(32))
    );

    /// <summary>Both steps in one.</summary>
    /// <exception cref="NotSignedInException">Not that person.</exception>
    /// <exception cref="TooManyAttemptsException">Locked out, or too many failures from that address.</exception>
    public async Task<AppUser> ProveAsync(TokenRequest request, string remote)
    {
        var user = await ProvePasswordAsync(request.Email, request.Password, remote);
        if (user.TwoFactorEnabled)
            await CheckCodeAsync(user, request.Code, remote);
        return await AcceptAsync(user, remote);
    }

    /// <summary>The first step. Who has no second factor is signed in by it: <see cref="AcceptAsync"/>.</summary>
    /// <exception cref="NotSignedInException">Not that person.</exception>
    /// <exception cref="TooManyAttemptsException">Locked out, or too many failures from that address.</exception>
    public async Task<AppUser> ProvePasswordAsync(string? emailGiven, string? passwordGiven, string remote)
    {
        var (email, password) = UserInput.Demand(emailGiven, passwordGiven);
        throttle.Enter(Key(remote), MostAMinute, TimeSpan.FromMinutes(1));
        var user = await users.FindByEmailAsync(email);
        if (user is null)
        {
            unknown.DemandNotLocked(email);
            hasher.VerifyHashedPassword(new AppUser(), Decoy.Value, password);
            var refusal = Refuse(email, remote);
            unknown.Fail(email, users.Options.Lockout);
            throw refusal;
        }
        DemandNotLocked(user);
        if (!await users.CheckPasswordAsync(user, password))
            throw await FailAsync(user, email, remote);
        throttle.TakeBack(Key(remote));
        return user;
    }

    /// <summary>The second step, for one whose password was right.</summary>
    /// <exception cref="NotSignedInException">The code is missing or wrong.</exception>
    /// <exception cref="TooManyAttemptsException">Locked out, or too many failures from that address.</exception>
    public async Task<AppUser> ProveCodeAsync(AppUser user, string? code, string remote)
    {
        await CheckCodeAsync(user, code, remote);
        return await AcceptAsync(user, remote);
    }

    /// <summary>All that was asked has been proved.</summary>
    public async Task<AppUser> AcceptAsync(AppUser user, string remote)
    {
        if (user.AccessFailedCount > 0)
            await StoreAsync(() => users.ResetAccessFailedCountAsync(user));
        var email = user.Email ?? "";
        events.Append(
            new NewEvent("accounts.signedIn", Severity.Info, email, $"{email} signed in.")
            {
                Actor = email,
                Data = new { remote },
            }
        );
        return user;
    }

    private async Task CheckCodeAsync(AppUser user, string? code, string remote)
    {
        // The password was right: asking for the code is no failed guess.
        if (string.IsNullOrWhiteSpace(code))
            throw new NotSignedInException("The code of the second factor is needed.") { SecondFactorNeeded = true };
        throttle.Enter(Key(remote), MostAMinute, TimeSpan.FromMinutes(1));
        DemandNotLocked(user);
        var plain = code.Replace(" ", "", StringComparison.Ordinal);
        if (
            !await users.VerifyTwoFactorTokenAsync(user, TokenOptions.DefaultAuthenticatorProvider, plain)
            && !(await users.RedeemTwoFactorRecoveryCodeAsync(user, plain)).Succeeded
        )
            throw await FailAsync(user, user.Email ?? "", remote);
        throttle.TakeBack(Key(remote));
    }

    private void DemandNotLocked(AppUser user)
    {
        if (user.LockoutEnd is { } end && end > time.GetUtcNow())
            throw new TooManyAttemptsException(UnknownAccounts.Locked, end - time.GetUtcNow());
    }

    private async Task<Exception> FailAsync(AppUser user, string email, string remote)
    {
        await StoreAsync(() => users.AccessFailedAsync(user));
        var refusal = Refuse(email, remote);
        DemandNotLocked(user);
        return refusal;
    }

    /// <summary>Counting is best effort: while the database takes no write, the bound by address alone holds.</summary>
    private async Task StoreAsync(Func<Task> write)
    {
        try
        {
            await write();
        }
        catch (Exception e) when (e is SqliteException or DbUpdateException)
        {
            LogNotCounted(logger, e.InnerException?.Message ?? e.Message);
        }
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

    private static string Key(string remote) => $"sign-in {remote}";

    [LoggerMessage(LogLevel.Warning, "The count of failed sign-ins cannot be stored: {Reason}")]
    private static partial void LogNotCounted(ILogger logger, string reason);
}
