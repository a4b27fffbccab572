namespace VmPowerManager.Accounts;

/// <summary>Where to go after sign-in, as the address said: one of our own pages, or the dashboard.</summary>
internal static class LocalAddress
{
    private const string Home = "/";

    public static string Of(string? asked)
    {
        // Browsers drop tabs and line breaks and read a backslash as a slash: //host and its disguises lead elsewhere.
        if (asked is not ['/', ..] || asked is ['/', '/', ..] || asked.Any(c => char.IsControl(c) || c == '\\'))
            return Home;
        var path = asked.Split('?', '#')[0].TrimEnd('/');
        return path is "/sign-in" or "/setup" or "/sign-out" ? Home : asked;
    }
}
