using VmPowerManager.Core;
using VmPowerManager.Events;

namespace VmPowerManager.Accounts;

/// <summary>Creates the first administrator, once: by a person who has read the setup code, or by the configuration.</summary>
internal sealed class SetupCommands(
    UserAccounts users,
    SetupCode code,
    AttemptThrottle throttle,
    AccountsLock accounts,
    EventLog events
)
{
    private const int ShortestTrusted = 8;

    /// <exception cref="ConflictException">A user exists.</exception>
    /// <exception cref="ForbiddenException">The code is wrong.</exception>
    /// <exception cref="TooManyAttemptsException">Five wrong codes in a minute from that address.</exception>
    public async Task<UserView> SetUpAsync(SetupRequest request, string remote, CancellationToken ct)
    {
        using var _ = await accounts.EnterAsync(ct);
        if (await users.AnyAsync(ct))
            throw new ConflictException("The setup is done: a user exists.");
        throttle.Enter($"setup {remote}", 5, TimeSpan.FromMinutes(1));
        if (!code.Is(request.SetupCode))
            throw new ForbiddenException("The setup code is wrong. The program's log shows it.");
        throttle.TakeBack($"setup {remote}");
        var (email, password) = UserInput.Demand(request.Email, request.Password);
        return await AddAsync(email, password, trusted: false, "setup", ct);
    }

    /// <summary>Unattended setup: false when a user exists already.</summary>
    /// <exception cref="InvalidInputException">The configured values cannot be used.</exception>
    public async Task<bool> SetUpUnattendedAsync(string email, string password, CancellationToken ct)
    {
        using var _ = await accounts.EnterAsync(ct);
        if (await users.AnyAsync(ct))
            return false;
        if (password.Length < ShortestTrusted)
            throw new InvalidInputException("Setup:Password", $"must have at least {ShortestTrusted} characters.");
        await AddAsync(email, password, trusted: true, "configuration", ct);
        return true;
    }

    private async Task<UserView> AddAsync(
        string email,
        string password,
        bool trusted,
        string actor,
        CancellationToken ct
    )
    {
        var user = await users.AddAsync(email, password, Role.Administrator, trusted, ct);
        code.Close();
        events.Append(
            new NewEvent("accounts.setUp", Severity.Info, "system", $"{email} was made the first administrator.")
            {
                Actor = actor,
            }
        );
        return UserView.From(user, Role.Administrator);
    }
}
