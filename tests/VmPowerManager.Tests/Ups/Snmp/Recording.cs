using System.Globalization;
using System.Text.Json;
using VmPowerManager.Protocols.Snmp;
using VmPowerManager.Ups.Snmp;

namespace VmPowerManager.Tests.Ups.Snmp;

/// <summary>One recorded device (snmprec) and what a correct reader says of it.</summary>
internal sealed record Recording(string Name, string Path, JsonElement Expected)
{
    public string Group => Expected.GetProperty("group").GetString() ?? "";

    /// <summary>Skips the test where there are none.</summary>
    public static IReadOnlyList<Recording> Require()
    {
        var folder = Folder();
        return
        [
            .. Directory
                .EnumerateFiles(folder, "*.expected.json")
                .Order(StringComparer.Ordinal)
                .Select(file =>
                {
                    var name = System.IO.Path.GetFileName(file)[..^".expected.json".Length];
                    using var json = JsonDocument.Parse(File.ReadAllText(file));
                    return new Recording(
                        name,
                        System.IO.Path.Combine(folder, $"{name}.snmprec"),
                        json.RootElement.Clone()
                    );
                }),
        ];
    }

    public static string Folder() => Recordings.Require("snmp");

    /// <summary>An agent that answers from the recording, as the real one would.</summary>
    public SnmpAgent Agent() => new TableAgent(Load()).Agent;

    /// <summary>As <see cref="Agent"/>, once for each object that it has, without that object.</summary>
    public IEnumerable<(Oid Left, SnmpAgent Agent)> AgentsThatLackOne()
    {
        var all = Load();
        foreach (var left in all.Keys)
        {
            var rest = new SortedDictionary<Oid, SnmpValue>(all);
            rest.Remove(left);
            yield return (left, new TableAgent(rest).Agent);
        }
    }

    private SortedDictionary<Oid, SnmpValue> Load()
    {
        var values = new SortedDictionary<Oid, SnmpValue>();
        foreach (var line in File.ReadLines(Path))
        {
            var parts = line.Split('|', 3);
            if (parts.Length == 3)
                values[Oid.Parse(parts[0])] = Parse(parts[1], parts[2]);
        }
        return values;
    }

    private static SnmpValue Parse(string type, string text) =>
        type switch
        {
            "2" => Number(SnmpType.Integer, text),
            "4" => SnmpValue.OfText(text),
            "4x" => SnmpValue.OfOctets(SnmpType.OctetString, Convert.FromHexString(text)),
            "5" => SnmpValue.Absent(SnmpType.Null),
            "6" => SnmpValue.OfObjectId(Oid.Parse(text)),
            "64x" => SnmpValue.OfOctets(SnmpType.IpAddress, Convert.FromHexString(text)),
            "64" => SnmpValue.OfOctets(
                SnmpType.IpAddress,
                text.Split('.').Select(p => byte.Parse(p, CultureInfo.InvariantCulture)).ToArray()
            ),
            "65" => Number(SnmpType.Counter32, text),
            "66" => Number(SnmpType.Gauge32, text),
            "67" => Number(SnmpType.TimeTicks, text),
            "70" => Number(SnmpType.Counter64, text),
            _ => throw new InvalidDataException($"Type {type} is not known."),
        };

    private static SnmpValue Number(SnmpType type, string text) =>
        SnmpValue.OfNumber(type, long.Parse(text, CultureInfo.InvariantCulture));

    private static string? Sub(string root)
    {
        var snmp = System.IO.Path.Combine(root, "snmp");
        return Directory.Exists(snmp) ? snmp
            : Directory.Exists(root) && Directory.EnumerateFiles(root, "*.expected.json").Any() ? root
            : null;
    }
}
