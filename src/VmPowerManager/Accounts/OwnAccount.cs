using System.Security.Claims;
using VmPowerManager.Core;
using VmPowerManager.Events;

namespace VmPowerManager.Accounts;

/// <summary>What people change about their own account.</summary>
internal sealed class OwnAccount(IServiceScopeFactory scopes, AccountsLock accounts, EventLog events)
{
    /// <summary>Ends every session and API token of the account; the caller may begin a new one. Wrong guesses of the current
    /// password count as failed sign-ins.</summary>
    /// <returns>The account's id.</returns>
    /// <exception cref="InvalidInputException">Something is missing, breaks the policy, or the current one is wrong.</exception>
    /// <exception cref="TooManyAttemptsException">Too many wrong guesses.</exception>
    public async Task<int> ChangePasswordAsync(
        ClaimsPrincipal actor,
        PasswordRequest request,
        string remote,
        CancellationToken ct
    )
    {
        Access.Demand(actor, Role.Viewer);
        // It could lock its owner out.
        if (actor.Identity?.AuthenticationType == Doors.ApiToken)
            throw new ForbiddenException("An API token cannot change the password: sign in with it.");
        var (current, wanted) = Demand(request);
        using var _ = await accounts.EnterAsync(ct);
        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserAccounts>();
        var id = Access.UserId(actor) ?? throw new ForbiddenException("Only a person has a password.");
        var user = await users.GetAsync(id, ct);
        try
        {
            var signIn = scope.ServiceProvider.GetRequiredService<SignIn>();
            await signIn.ProvePasswordAsync(user.Email, current, remote);
        }
        catch (NotSignedInException)
        {
            throw new InvalidInputException("currentPassword", "is wrong.");
        }
        try
        {
            await users.SetPasswordAsync(user, wanted, ct);
        }
        catch (InvalidInputException e) when (e.Errors.TryGetValue("password", out var messages))
        {
            throw new InvalidInputException(new Dictionary<string, string[]> { ["newPassword"] = messages });
        }
        events.Append(
            new NewEvent("accounts.passwordChanged", Severity.Info, "system", $"{user.Email} changed the password.")
            {
                Actor = Access.Name(actor),
            }
        );
        return id;
    }

    private static (string Current, string New) Demand(PasswordRequest request)
    {
        var errors = new Dictionary<string, string[]>();
        if (string.IsNullOrEmpty(request.CurrentPassword))
            errors["currentPassword"] = ["is required."];
        if (string.IsNullOrEmpty(request.NewPassword))
            errors["newPassword"] = ["is required."];
        else if (request.NewPassword.Length > UserInput.Longest)
            errors["newPassword"] = [$"must have at most {UserInput.Longest} characters."];
        else if (request.NewPassword == request.CurrentPassword)
            errors["newPassword"] = ["must differ from the current one."];
        // No error: both are there.
        return errors.Count == 0
            ? (request.CurrentPassword!, request.NewPassword!)
            : throw new InvalidInputException(errors);
    }
}
