namespace VmPowerManager.Accounts.Pages;

/// <summary>What a role may do, in one sentence (a key of the strings).</summary>
internal static class RoleMeaning
{
    public static string Of(Role role) =>
        role switch
        {
            Role.Viewer => "Sees everything, changes nothing.",
            Role.Operator => "Also runs and holds plans, and powers machines.",
            _ => "Also configures, arms plans and manages users.",
        };
}
