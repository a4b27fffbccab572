using VmPowerManager.Protocols.Nut.Server;

namespace VmPowerManager.Protocols.Tests.Nut.Server;

/// <summary>A device of a few variables.</summary>
internal sealed class ServedDevice(string name) : INutDevice
{
    private readonly Dictionary<string, string> _variables = new()
    {
        ["ups.status"] = "OL",
        ["ups.mfr"] = "A \"quoted\" \\ name",
        ["battery.charge"] = "97.5",
        ["ups.delay.shutdown"] = "20",
        ["input.sensitivity"] = "high",
        ["ups.id"] = "rack",
    };

    public List<string> Ran { get; } = [];
    public string Name => name;
    public string Description => $"The {name}";
    public NutDeviceLink Link { get; set; }
    public bool IsForced { get; private set; }
    public IReadOnlyDictionary<string, string> Variables => _variables;

    public IReadOnlyList<NutWritable> Writable { get; } =
    [
        new("ups.delay.shutdown", true, 5) { Ranges = [(0, 600)] },
        new("input.sensitivity", false, 10) { Choices = ["low", "high"] },
        new("ups.id", false, 8),
    ];

    public IReadOnlyList<string> Commands { get; } = ["beeper.mute", "load.off.delay", "test.battery.start"];

    public string? Find(string variable) => _variables.GetValueOrDefault(variable);

    public NutVerdict Run(string command, string? value)
    {
        Ran.Add($"{command} {value}".Trim());
        return command == "test.battery.start" ? NutVerdict.Failed : NutVerdict.Success;
    }

    public NutVerdict Set(string variable, string value)
    {
        _variables[variable] = value;
        return NutVerdict.Success;
    }

    public void Force() => IsForced = true;
}
