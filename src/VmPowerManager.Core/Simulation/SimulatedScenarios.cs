using System.Collections.Immutable;

namespace VmPowerManager.Core.Simulation;

/// <summary>A script that comes with the program.</summary>
/// <param name="Id">For programs.</param>
/// <param name="Title">For people, in English.</param>
/// <param name="Description">What will happen, in English.</param>
/// <param name="Script">The steps.</param>
public sealed record SimulatedScenario(string Id, string Title, string Description, SimulatedScript Script);

/// <summary>The library of scripts.</summary>
public static class SimulatedScenarios
{
    private static readonly SimulatedChange MainsOff = new() { Mains = false };
    private static readonly SimulatedChange MainsOn = new() { Mains = true };

    public static ImmutableArray<SimulatedScenario> All { get; } =
    [
        Of("flicker", "30 s flicker", "Mains goes away for 30 seconds.", After(0, MainsOff), After(30, MainsOn)),
        Of(
            "untilLow",
            "Outage until low battery",
            "Mains stays away until the battery is low, and 30 seconds more.",
            After(0, MainsOff),
            When(SimulatedMoment.LowBattery, 30, MainsOn)
        ),
        Of(
            "untilEmpty",
            "Outage until empty",
            "Mains comes back 60 seconds after the battery gave out.",
            After(0, MainsOff),
            When(SimulatedMoment.OutputOff, 60, MainsOn)
        ),
        Of(
            "backMidShutdown",
            "Mains back during the shutdown",
            "Mains comes back 5 seconds after the UPS was told to switch off, before it does.",
            After(0, MainsOff),
            When(SimulatedMoment.CutPending, 5, MainsOn)
        ),
        Of(
            "twoOutages",
            "Two outages",
            "Mains goes away for 2 minutes, is back for 1 minute, and goes away for 2 minutes again.",
            After(0, MainsOff),
            After(120, MainsOn),
            After(60, MainsOff),
            After(120, MainsOn)
        ),
        Of(
            "sag",
            "Sag and swell",
            "The voltage falls so far that the UPS lifts it, then rises so far that it lowers it.",
            After(0, new SimulatedChange { InputVoltage = 195 }),
            After(30, new SimulatedChange { InputVoltage = 260 }),
            After(30, MainsOn)
        ),
        Of(
            "cardReboot",
            "Network card restarts",
            "Nobody answers for 20 seconds; power is fine.",
            After(0, new SimulatedChange { Link = SimulatedLink.Silent }),
            After(20, new SimulatedChange { Link = SimulatedLink.Ok })
        ),
        Of(
            "lostInOutage",
            "Contact lost in an outage",
            "Mains goes away; 10 seconds later the server loses the UPS, for a minute. Then mains is back.",
            After(0, MainsOff),
            After(10, new SimulatedChange { Link = SimulatedLink.Stale }),
            After(60, new SimulatedChange { Link = SimulatedLink.Ok }),
            After(10, MainsOn)
        ),
        Of(
            "selfTest",
            "Self-test",
            "The UPS tests its battery for 10 seconds: not an outage.",
            new SimulatedStep { Command = "test.battery.start.quick" }
        ),
    ];

    public static SimulatedScenario? Find(string id) => All.FirstOrDefault(s => s.Id == id);

    /// <summary>A script's name as people read it: scenarios have a title, others are called by their own name.</summary>
    public static string TitleOf(string script) => Find(script)?.Title ?? script;

    private static SimulatedScenario Of(string id, string title, string description, params SimulatedStep[] steps) =>
        new(id, title, description, new SimulatedScript(id, [.. steps]));

    private static SimulatedStep After(double seconds, SimulatedChange change) =>
        new() { AfterSeconds = seconds, Change = change };

    private static SimulatedStep When(SimulatedMoment moment, double seconds, SimulatedChange change) =>
        new()
        {
            AfterSeconds = seconds,
            Until = moment,
            Change = change,
        };
}
