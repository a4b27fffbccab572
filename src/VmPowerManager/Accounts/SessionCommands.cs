using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using VmPowerManager.Core;
using VmPowerManager.Events;
using VmPowerManager.Storage;

namespace VmPowerManager.Accounts;

/// <summary>Gives out access tokens (JWT, 15 min) and refresh tokens (single use, 30 days, hashed). A refresh token
/// that comes a second time was stolen from one of its two bearers: its family ends.</summary>
internal sealed partial class SessionCommands(
    SignIn signIn,
    Standings standings,
    SigningKey key,
    IDbContextFactory<AppDb> databases,
    EventLog events,
    TimeProvider time,
    ILogger<SessionCommands> logger
)
{
    public const string Issuer = "VmPowerManager";
    private const int LifeSeconds = 15 * 60;
    private static readonly TimeSpan RefreshLife = TimeSpan.FromDays(30);
    private static readonly JsonWebTokenHandler Writer = new() { SetDefaultTimesOnTokenCreation = false };

    /// <exception cref="NotSignedInException">Not that person.</exception>
    /// <exception cref="TooManyAttemptsException">Too many failures.</exception>
    public async Task<TokenView> SignInAsync(TokenRequest request, string remote, CancellationToken ct)
    {
        var user = await signIn.ProveAsync(request, remote);
        var who =
            await standings.RefreshAsync(user.Id, ct) ?? throw new ForbiddenException("This account has no role.");
        return await IssueAsync(who, Guid.NewGuid(), ct);
    }

    /// <exception cref="NotSignedInException">The token is unknown, over, used, or from before a change of the account.</exception>
    public async Task<TokenView> RefreshAsync(RefreshRequest request, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(request.RefreshToken))
            throw new InvalidInputException("refreshToken", "is required.");
        var hash = TokenText.Hash(request.RefreshToken);
        var now = time.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(ct);
        var token = await db.Set<RefreshTokenRow>().AsNoTracking().FirstOrDefaultAsync(t => t.Hash == hash, ct);
        if (token is null || token.ExpiresAt <= now)
            throw new NotSignedInException("The refresh token is not valid.");
        // One statement decides which of two simultaneous uses is the first.
        var first = await db.Set<RefreshTokenRow>()
            .Where(t => t.Id == token.Id && t.UsedAt == null)
            .ExecuteUpdateAsync(t => t.SetProperty(r => r.UsedAt, now), ct);
        var who = await standings.FindAsync(token.UserId, ct);
        if (first == 0)
        {
            await EndFamilyAsync(db, token, who, ct);
            throw new NotSignedInException("The refresh token was used before: everything that came of it has ended.");
        }
        if (who is null || who.Stamp != token.Stamp)
            throw new NotSignedInException("The account has changed: sign in again.");
        return await IssueAsync(who, token.Family, ct);
    }

    private async Task EndFamilyAsync(AppDb db, RefreshTokenRow token, Standing? who, CancellationToken ct)
    {
        await db.Set<RefreshTokenRow>().Where(t => t.Family == token.Family).ExecuteDeleteAsync(ct);
        var email = who?.Email ?? "unknown";
        events.Append(
            new NewEvent(
                "accounts.refreshTokenReused",
                Severity.Warning,
                email,
                $"A refresh token of {email} was used twice; that session has ended."
            )
        );
    }

    private async Task<TokenView> IssueAsync(Standing who, Guid family, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var access = Write(who, now);
        try
        {
            return new TokenView(access, "Bearer", LifeSeconds, await StoreRefreshAsync(who, family, now, ct));
        }
        catch (Exception e) when (e is SqliteException or DbUpdateException)
        {
            // A locked database or a full disk must not keep people out while a run goes on.
            LogNoRefresh(logger, e.InnerException?.Message ?? e.Message);
            return new TokenView(access, "Bearer", LifeSeconds, null);
        }
    }

    private async Task<string> StoreRefreshAsync(Standing who, Guid family, DateTimeOffset now, CancellationToken ct)
    {
        var refresh = TokenText.New();
        await using var db = await databases.CreateDbContextAsync(ct);
        await db.Set<RefreshTokenRow>().Where(t => t.UserId == who.UserId && t.ExpiresAt <= now).ExecuteDeleteAsync(ct);
        db.Add(
            new RefreshTokenRow
            {
                UserId = who.UserId,
                Hash = TokenText.Hash(refresh),
                Family = family,
                Stamp = who.Stamp,
                ExpiresAt = now + RefreshLife,
            }
        );
        await db.SaveChangesAsync(ct);
        return refresh;
    }

    private string Write(Standing who, DateTimeOffset now)
    {
        var identity = Doors.Identity(who, who.Role, Doors.Jwt);
        identity.AddClaim(new(Doors.StampClaim, who.Stamp));
        return Writer.CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = Issuer,
                Audience = Issuer,
                Subject = identity,
                IssuedAt = now.UtcDateTime,
                NotBefore = now.UtcDateTime,
                Expires = now.AddSeconds(LifeSeconds).UtcDateTime,
                SigningCredentials = new SigningCredentials(key.Value, SecurityAlgorithms.HmacSha256),
            }
        );
    }

    [LoggerMessage(LogLevel.Warning, "A sign-in got no refresh token, as it cannot be stored: {Reason}")]
    private static partial void LogNoRefresh(ILogger logger, string reason);
}
