namespace VmPowerManager.Hosts.Pages;

/// <summary>One thing that a guest can be told.</summary>
/// <param name="Action">The API's.</param>
/// <param name="Label">A key of the strings, as are the others.</param>
/// <param name="Working">While it is under way.</param>
/// <param name="Ask">What will happen, said before; null: nothing is lost, so nothing is asked.</param>
public sealed record GuestAction(string Action, string Label, string Working, string? Ask);

/// <summary>What a guest can be told, as it is now and as its platform can. Pure.</summary>
public static class GuestActions
{
    private static readonly GuestAction Shutdown = new(
        "shutdown",
        "Shut down",
        "Shutting down",
        "{0} is asked to shut down, as if its power button were pressed. Its system decides how long that takes."
    );
    private static readonly GuestAction Reboot = new(
        "reboot",
        "Reboot",
        "Rebooting",
        "{0} is asked to shut down and to start again. What runs on it stops meanwhile."
    );
    private static readonly GuestAction Save = new(
        "save",
        "Save to disk",
        "Saving",
        "The memory of {0} is written to disk and it stops. When it is started it goes on where it was; its connections are lost."
    );
    private static readonly GuestAction ForceOff = new(
        "forceOff",
        "Force off",
        "Turning off",
        "{0} is turned off at once, like pulling its plug. What it has not written to disk is lost."
    );
    private static readonly GuestAction Start = new("start", "Start", "Starting", null);
    private static readonly GuestAction Resume = Start with { Label = "Resume", Working = "Resuming" };

    public static IReadOnlyList<GuestAction> Of(GuestState state, HostCapabilities platform) =>
        state switch
        {
            GuestState.Running when platform.HasFlag(HostCapabilities.GuestSave) => [Shutdown, Reboot, Save, ForceOff],
            GuestState.Running => [Shutdown, Reboot, ForceOff],
            GuestState.Paused => [Resume, ForceOff],
            GuestState.Off or GuestState.Saved => [Start],
            // Nobody lists it: there is nobody to tell.
            _ => [],
        };
}
