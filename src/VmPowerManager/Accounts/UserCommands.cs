using System.Security.Claims;
using VmPowerManager.Core;
using VmPowerManager.Events;

namespace VmPowerManager.Accounts;

/// <summary>Changes users. Every method needs the role Administrator, and works in a scope of its own: a page's lasts as
/// long as the page.</summary>
internal sealed class UserCommands(
    IServiceScopeFactory scopes,
    Standings standings,
    AccountsLock accounts,
    EventLog events
)
{
    /// <exception cref="InvalidInputException">Something is missing or breaks the password policy.</exception>
    /// <exception cref="ConflictException">The e-mail address is taken.</exception>
    public async Task<UserView> AddAsync(ClaimsPrincipal actor, UserRequest request, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        var (email, password) = UserInput.Demand(request.Email, request.Password);
        var role = request.Role ?? throw new InvalidInputException("role", "is required.");
        using var _ = await accounts.EnterAsync(ct);
        await using var scope = scopes.CreateAsyncScope();
        var users = Users(scope);
        var user = await users.AddAsync(email, password, role, trusted: false, ct);
        Tell(actor, "accounts.userCreated", $"The user {email} was created as {role}.", new { user.Id, role });
        return UserView.From(user, role);
    }

    /// <exception cref="NotFoundException">No such user.</exception>
    /// <exception cref="ConflictException">The last administrator would be demoted, or the address is taken.</exception>
    public async Task<UserView> ChangeAsync(ClaimsPrincipal actor, int id, UserRequest request, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        using var _ = await accounts.EnterAsync(ct);
        await using var scope = scopes.CreateAsyncScope();
        var users = Users(scope);
        var user = await users.GetAsync(id, ct);
        var before = (await standings.FindAsync(id, ct))?.Role;
        var role = request.Role ?? before ?? Role.Viewer;
        if (role != Role.Administrator)
            await DemandAnotherAdministratorAsync(users, id, ct);
        var email = string.IsNullOrWhiteSpace(request.Email) ? user.Email ?? "" : request.Email.Trim();
        await users.ChangeAsync(user, email, request.Password, role, ct);
        Tell(
            actor,
            "accounts.userUpdated",
            $"The user {email} was changed.",
            new
            {
                user.Id,
                role,
                roleBefore = before,
                passwordChanged = !string.IsNullOrEmpty(request.Password),
            }
        );
        return UserView.From(user, role);
    }

    /// <summary>Ends the lock-out after failed sign-ins.</summary>
    /// <exception cref="NotFoundException">No such user.</exception>
    public async Task<UserView> UnlockAsync(ClaimsPrincipal actor, int id, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        using var _ = await accounts.EnterAsync(ct);
        await using var scope = scopes.CreateAsyncScope();
        var users = Users(scope);
        var user = await users.GetAsync(id, ct);
        await users.UnlockAsync(user, ct);
        Tell(actor, "accounts.userUnlocked", $"The user {user.Email} was unlocked.", new { user.Id });
        return UserView.From(user, (await standings.FindAsync(id, ct))?.Role ?? Role.Viewer);
    }

    /// <exception cref="NotFoundException">No such user.</exception>
    /// <exception cref="ConflictException">It is the last administrator.</exception>
    public async Task RemoveAsync(ClaimsPrincipal actor, int id, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        using var _ = await accounts.EnterAsync(ct);
        await using var scope = scopes.CreateAsyncScope();
        var users = Users(scope);
        var user = await users.GetAsync(id, ct);
        await DemandAnotherAdministratorAsync(users, id, ct);
        await users.RemoveAsync(user);
        Tell(actor, "accounts.userDeleted", $"The user {user.Email} was deleted.", new { user.Id });
    }

    private static UserAccounts Users(AsyncServiceScope scope) =>
        scope.ServiceProvider.GetRequiredService<UserAccounts>();

    private static async Task DemandAnotherAdministratorAsync(UserAccounts users, int id, CancellationToken ct)
    {
        if (await users.IsLastAdministratorAsync(id, ct))
            throw new ConflictException("This is the last administrator: make another user one first.");
    }

    private void Tell(ClaimsPrincipal actor, string type, Sentence message, object data) =>
        events.Append(new NewEvent(type, Severity.Info, "system", message) { Actor = Access.Name(actor), Data = data });
}
