using System.Globalization;

namespace VmPowerManager.Hosts.Outlets;

/// <summary>What a person wrote of outlets behind a NUT server: <c>5</c>, <c>5,6</c>, or with the device's name there
/// <c>rackpdu:5,6</c>.</summary>
/// <param name="Device">Null: the only one that the server has.</param>
internal sealed record NutOutlets(string? Device, IReadOnlyList<int> Numbers)
{
    private const int Most = 8;

    /// <summary>Null: it is none.</summary>
    public static NutOutlets? Parse(string? text)
    {
        var named = (text ?? "").Split(':', 2, StringSplitOptions.TrimEntries);
        var device = named.Length == 2 ? named[0] : null;
        var numbers = new List<int>();
        foreach (var part in named[^1].Split(',', StringSplitOptions.TrimEntries))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
                return null;
            numbers.Add(number);
        }
        return device is not "" && numbers.Count <= Most ? new(device, numbers) : null;
    }
}

/// <summary>NUT's names of one outlet (docs/nut-names.txt).</summary>
internal static class NutOutletNames
{
    public static string Status(int number) => Of(number, "status");

    /// <summary>The instant command.</summary>
    public static string Load(int number, bool on) => Of(number, on ? "load.on" : "load.off");

    /// <summary>The variables that drivers let set instead, the better one first: that of <c>snmp-ups</c> for PDUs of APC tells
    /// and takes by one name.</summary>
    public static IEnumerable<string> Settable(int number) => [Switch(number), Status(number)];

    public static string Switch(int number) => Of(number, "switch");

    public static string Word(bool on) => on ? "on" : "off";

    private static string Of(int number, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"outlet.{number}.{what}");
}
