using Microsoft.AspNetCore.Identity;

namespace VmPowerManager.Accounts;

/// <summary>A person who may sign in. The e-mail address is the user name; exactly one role.</summary>
public sealed class AppUser : IdentityUser<int>
{
    public DateTimeOffset CreatedAt { get; init; }
}
