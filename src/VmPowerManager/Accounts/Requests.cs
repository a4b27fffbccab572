using VmPowerManager.Core;

namespace VmPowerManager.Accounts;

/// <summary>POST /api/v1/setup.</summary>
public sealed record SetupRequest(string? SetupCode = null, string? Email = null, string? Password = null)
{
    /// <summary>Never a secret.</summary>
    public override string ToString() => nameof(SetupRequest);
}

/// <summary>POST /api/v1/auth/token. <c>code</c>: of the second factor, or a recovery code.</summary>
public sealed record TokenRequest(string? Email = null, string? Password = null, string? Code = null)
{
    /// <summary>Never a secret.</summary>
    public override string ToString() => nameof(TokenRequest);
}

/// <summary>POST /api/v1/auth/refresh.</summary>
public sealed record RefreshRequest(string? RefreshToken = null)
{
    /// <summary>Never a secret.</summary>
    public override string ToString() => nameof(RefreshRequest);
}

/// <summary>The answer of both. The refresh token is good for one use; null while it cannot be stored.</summary>
public sealed record TokenView(string AccessToken, string TokenType, int ExpiresInSeconds, string? RefreshToken)
{
    /// <summary>Never a secret.</summary>
    public override string ToString() => nameof(TokenView);
}

/// <summary>POST and PUT /api/v1/users. PUT keeps what is left out.</summary>
public sealed record UserRequest(string? Email = null, string? Password = null, Role? Role = null)
{
    /// <summary>Never a secret.</summary>
    public override string ToString() => $"{Email} ({Role})";
}

/// <summary>POST /api/v1/account/password.</summary>
public sealed record PasswordRequest(string? CurrentPassword = null, string? NewPassword = null)
{
    /// <summary>Never a secret.</summary>
    public override string ToString() => nameof(PasswordRequest);
}

/// <summary>A user as answered.</summary>
public sealed record UserView(
    int Id,
    string Email,
    Role Role,
    bool HasPassword,
    bool TwoFactor,
    DateTimeOffset? LockedUntil,
    DateTimeOffset CreatedAt
)
{
    internal static UserView From(AppUser user, Role role) =>
        new(
            user.Id,
            user.Email ?? "",
            role,
            user.PasswordHash is not null,
            user.TwoFactorEnabled,
            user.LockoutEnd,
            user.CreatedAt
        );
}

/// <summary>POST /api/v1/tokens. Without <c>expiresInDays</c> the token does not expire.</summary>
public sealed record ApiTokenRequest(string? Name = null, Role? Role = null, int? ExpiresInDays = null);

/// <summary>A token as listed; <c>token</c> is there once, in the answer that made it.</summary>
public sealed record ApiTokenView(
    int Id,
    string Name,
    Role Role,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    string? Token
)
{
    /// <summary>Never a secret.</summary>
    public override string ToString() => $"{Name} ({Role})";
}

internal static class UserInput
{
    public const int Longest = 256;

    public static (string Email, string Password) Demand(string? email, string? password)
    {
        var errors = new Dictionary<string, string[]>();
        if (string.IsNullOrWhiteSpace(email))
            errors["email"] = ["is required."];
        else if (email.Length > Longest)
            errors["email"] = [$"must have at most {Longest} characters."];
        if (string.IsNullOrEmpty(password))
            errors["password"] = ["is required."];
        else if (password.Length > Longest)
            errors["password"] = [$"must have at most {Longest} characters."];
        // No error: both are there.
        return errors.Count == 0 ? (email!.Trim(), password!) : throw new InvalidInputException(errors);
    }
}
