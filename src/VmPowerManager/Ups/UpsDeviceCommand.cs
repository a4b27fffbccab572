using System.Collections.Frozen;
using VmPowerManager.Accounts;

namespace VmPowerManager.Ups;

/// <summary>A command of a UPS, in NUT's words, and what a person should know of it. Texts are keys of the localised
/// strings.</summary>
/// <param name="Title">A verb: <c>Start a quick self-test</c>; the name itself where it is not known.</param>
/// <param name="Effect">What happens then.</param>
/// <param name="IsHarmless">It takes power from nobody and drains no battery that may be needed: an operator may run it.</param>
public sealed record UpsDeviceCommand(string Name, string Title, string Effect, bool IsHarmless = false)
{
    /// <summary>It may take power from a load, or drain the battery that it may need.</summary>
    public bool IsGrave { get; init; }

    public Role Needed => IsHarmless ? Role.Operator : Role.Administrator;

    private const string Drains =
        "Runs on battery until it is nearly empty. An outage during or after it finds little left.";
    private const string CutsAll = "Everything that this UPS feeds loses power.";

    private static readonly FrozenDictionary<string, UpsDeviceCommand> Known = new UpsDeviceCommand[]
    {
        new("beeper.enable", "Switch the beeper on", "It sounds in an outage.", true),
        new("beeper.disable", "Switch the beeper off", "It stays silent in an outage, too.", true),
        new("beeper.toggle", "Switch the beeper over", "On if it is off, off if it is on.", true),
        new("beeper.mute", "Mute the beeper", "Silent until the next alarm.", true),
        new("beeper.on", "Switch the beeper on", "It sounds in an outage.", true),
        new("beeper.off", "Switch the beeper off", "It stays silent in an outage, too.", true),
        new("test.battery.start.quick", "Start a quick self-test", "Runs on battery for some seconds.", true),
        new("test.battery.stop", "Stop the self-test", "The battery test ends.", true),
        new("test.panel.start", "Test the panel", "Lamps and beeper for some seconds.", true),
        new("test.panel.stop", "Stop the panel test", "Lamps and beeper as before.", true),
        new("test.battery.start", "Start a battery test", "Runs on battery for a while."),
        new("test.battery.start.deep", "Start a deep battery test", Drains) { IsGrave = true },
        new("test.failure.start", "Simulate a power failure", "Runs on battery, as in an outage.") { IsGrave = true },
        new("test.failure.stop", "End the simulated power failure", "Back to mains."),
        new("calibrate.start", "Calibrate the runtime", Drains) { IsGrave = true },
        new("calibrate.stop", "Stop the calibration", "Back to mains; the battery charges."),
        new("load.off", "Switch the output off", CutsAll) { IsGrave = true },
        new("load.off.delay", "Switch the output off after a delay", CutsAll) { IsGrave = true },
        new("load.on", "Switch the output on", "What is connected starts."),
        new("load.on.delay", "Switch the output on after a delay", "What is connected starts."),
        new("shutdown.return", "Switch off, and on again when mains is back", CutsAll) { IsGrave = true },
        new("shutdown.stayoff", "Switch off and stay off", CutsAll) { IsGrave = true },
        new("shutdown.reboot", "Switch off for a moment", CutsAll) { IsGrave = true },
        new("shutdown.reboot.graceful", "Switch off for a moment, after a delay", CutsAll) { IsGrave = true },
        new("shutdown.stop", "Stop a shutdown in progress", "The output stays on."),
        new("bypass.start", "Go to bypass", "No battery stands behind the output then.") { IsGrave = true },
        new("bypass.stop", "Leave bypass", "The battery stands behind the output again."),
        new("reset.input.minmax", "Forget the input voltage extremes", "Minimum and maximum are counted anew."),
        new("reset.watchdog", "Reset the watchdog", "Its time starts anew."),
    }.ToFrozenDictionary(c => c.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether somebody here knows what it does.</summary>
    public static bool IsKnown(string name) => Known.ContainsKey(name);

    /// <summary>What is known of it. What no one has heard of counts as grave, whatever the peer says of it.</summary>
    /// <param name="description">The peer's words for one that is not known here.</param>
    public static UpsDeviceCommand Of(string name, string? description = null) =>
        Known.TryGetValue(name, out var known) ? known with { Name = name }
        : name.StartsWith("beeper.", StringComparison.OrdinalIgnoreCase)
            ? new UpsDeviceCommand(name, name, description ?? "Concerns the beeper only.", true)
        : description is not null ? new UpsDeviceCommand(name, name, description) { IsGrave = true }
        : new UpsDeviceCommand(name, name, "What it does is not known here: see the manual of the device.")
        {
            IsGrave = true,
        };
}
