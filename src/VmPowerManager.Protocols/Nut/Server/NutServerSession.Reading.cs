using System.Globalization;
using System.Text;

namespace VmPowerManager.Protocols.Nut.Server;

internal sealed partial class NutServerSession
{
    private void List(IReadOnlyList<string> words, StringBuilder to)
    {
        if (words.Count == 2 && Is(words[1], "UPS"))
        {
            Block("UPS", to, state.Devices.Select(d => $"UPS {d.Name} {Quoted(d.Description)}"));
            return;
        }
        if (words.Count < 3)
            throw new NutRefusal("INVALID-ARGUMENT");
        var what = words[1].ToUpperInvariant();
        var device = what == "CLIENT" ? Known(words, 2) : Live(words, 2);
        var name = device.Name;
        var rows = what switch
        {
            "VAR" => device.Variables.OrderBy(v => v.Key, StringComparer.Ordinal).Select(Row("VAR", name)),
            "RW" => device
                .Writable.Select(w => KeyValuePair.Create(w.Name, device.Find(w.Name) ?? ""))
                .Select(Row("RW", name)),
            "CMD" => device.Commands.Select(command => $"CMD {name} {command}"),
            "CLIENT" => state.Logins.GetValueOrDefault(name, []).Select(client => $"CLIENT {name} {client}"),
            "ENUM" => Bounds(device, words).Choices.Select(c => $"ENUM {name} {words[3]} {Quoted(c)}"),
            "RANGE" => Bounds(device, words)
                .Ranges.Select(r => $"RANGE {name} {words[3]} {Quoted(Written(r.Least))} {Quoted(Written(r.Most))}"),
            _ => throw new NutRefusal("INVALID-ARGUMENT"),
        };
        Block(what is "ENUM" or "RANGE" ? $"{what} {name} {words[3]}" : $"{what} {name}", to, rows);
    }

    private static Func<KeyValuePair<string, string>, string> Row(string what, string device) =>
        variable => $"{what} {device} {variable.Key} {Quoted(variable.Value)}";

    private static void Block(string what, StringBuilder to, IEnumerable<string> rows)
    {
        to.Append("BEGIN LIST ").Append(what).Append('\n');
        foreach (var row in rows)
            to.Append(row).Append('\n');
        to.Append("END LIST ").Append(what).Append('\n');
    }

    /// <summary>A variable that is not writable has neither choices nor ranges.</summary>
    private static NutWritable Bounds(INutDevice device, IReadOnlyList<string> words)
    {
        if (words.Count != 4)
            throw new NutRefusal("INVALID-ARGUMENT");
        return Writable(device, words[3]) ?? new NutWritable(words[3], false, 0);
    }

    private void Get(IReadOnlyList<string> words, StringBuilder to)
    {
        var what = words.Count > 1 ? words[1].ToUpperInvariant() : "";
        if (what == "TRACKING")
        {
            to.Append(words.Count == 2 ? (_tracking ? "ON" : "OFF") : Verdict(state.Tracked(words[2]))).Append('\n');
            return;
        }
        if (words.Count < 3)
            throw new NutRefusal("INVALID-ARGUMENT");
        switch (what)
        {
            case "NUMLOGINS":
                var known = Known(words, 2).Name;
                to.Append("NUMLOGINS ").Append(known).Append(' ');
                to.Append(state.Logins.GetValueOrDefault(known, []).Count).Append('\n');
                break;
            case "UPSDESC":
                var device = Known(words, 2);
                to.Append("UPSDESC ").Append(device.Name).Append(' ').Append(Quoted(device.Description)).Append('\n');
                break;
            default:
                GetOf(Live(words, 2), what, words, to);
                break;
        }
    }

    private static void GetOf(INutDevice device, string what, IReadOnlyList<string> words, StringBuilder to)
    {
        if (words.Count != 4)
            throw new NutRefusal("INVALID-ARGUMENT");
        var subject = $"{what} {device.Name} {words[3]}";
        var answer = what switch
        {
            "VAR" => Quoted(Value(device, words[3])),
            "TYPE" => Type(device, words[3]),
            "DESC" or "CMDDESC" => Quoted("Simulated"),
            _ => throw new NutRefusal("INVALID-ARGUMENT"),
        };
        to.Append(subject).Append(' ').Append(answer).Append('\n');
    }

    private static string Value(INutDevice device, string variable) =>
        device.Find(variable) ?? throw new NutRefusal("VAR-NOT-SUPPORTED");

    private static string Type(INutDevice device, string variable)
    {
        var value = Value(device, variable);
        var isNumber = double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
        return Writable(device, variable) switch
        {
            null => isNumber ? "NUMBER" : $"STRING:{value.Length}",
            { Choices.Count: > 0 } => "RW ENUM",
            { Ranges.Count: > 0 } => "RW RANGE NUMBER",
            { IsNumber: true } => "RW NUMBER",
            var text => $"RW STRING:{text.Longest}",
        };
    }

    /// <summary>Null: it may only be read.</summary>
    private static NutWritable? Writable(INutDevice device, string variable)
    {
        Value(device, variable);
        return device.Writable.FirstOrDefault(w => w.Name == variable);
    }

    private static void DemandFits(NutWritable writable, string value)
    {
        if (value.Length > writable.Longest)
            throw new NutRefusal("TOO-LONG");
        if (writable.Choices.Count > 0 && !writable.Choices.Contains(value))
            throw new NutRefusal("INVALID-VALUE");
        if (!writable.IsNumber)
            return;
        var isNumber = double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number);
        if (
            !isNumber || (writable.Ranges.Count > 0 && !writable.Ranges.Any(r => number >= r.Least && number <= r.Most))
        )
            throw new NutRefusal("INVALID-VALUE");
    }

    private static string Verdict(NutVerdict verdict) =>
        verdict switch
        {
            NutVerdict.Success => "SUCCESS",
            NutVerdict.Failed => "ERR FAILED",
            NutVerdict.InvalidArgument => "ERR INVALID-ARGUMENT",
            _ => "ERR UNKNOWN",
        };

    private static string Written(double number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Quoted(string text)
    {
        var printable = string.Concat(text.Where(c => !char.IsControl(c)));
        return $"\"{printable.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }
}
