using System.Globalization;
using VmPowerManager.Protocols;

namespace VmPowerManager.Hosts.Libvirt;

/// <summary>What <see cref="VirshScript"/> printed, taken apart.</summary>
internal sealed class VirshListing
{
    private const string Mark = "@@";
    private readonly Dictionary<string, string> _names = [];
    private readonly Dictionary<string, GuestState> _states = [];
    private readonly HashSet<string> _saved = [];
    private readonly Dictionary<string, AgentState> _agents = [];
    private readonly HashSet<string> _autostart = [];
    private readonly Dictionary<string, string> _service = [];
    private bool _thorough;
    private string? _domain;

    /// <summary>virsh came to its end. Without it, nothing may be concluded from what is missing.</summary>
    public bool Complete { get; private set; }

    /// <summary>The host's UUID, when it was asked for; its name where libvirt knows no UUID.</summary>
    public string? Realm { get; private set; }

    /// <summary>Of the system that the guests' host runs, when it was asked for; null: not told.</summary>
    public string? MachineId { get; private set; }

    /// <summary>The machine's UUID by its firmware; empty: it is not for us to read; null: there is none, or it was not asked
    /// for.</summary>
    public string? Firmware { get; private set; }

    public bool Has(string uuid) => _names.ContainsKey(uuid);

    /// <exception cref="DeviceException">ProtocolError: not what was asked for.</exception>
    public static VirshListing Parse(string output)
    {
        var listing = new VirshListing();
        var section = "";
        foreach (var line in output.Split('\n'))
        {
            var rest = line;
            // virsh's echo ends no line: the next output follows on the same one. No line of a listing starts with "@@".
            while (rest.StartsWith(Mark, StringComparison.Ordinal))
                (section, rest) = listing.Enter(rest);
            listing.Take(section, rest);
        }
        return listing;
    }

    /// <summary>What the service <c>libvirt-guests</c> is set to do: <c>ON_SHUTDOWN</c>, <c>ON_BOOT</c>; empty where it is not
    /// enabled, or was not asked for.</summary>
    public IReadOnlyDictionary<string, string> Service => _service;

    /// <summary>Null: not asked for.</summary>
    public IReadOnlyList<HostFact>? Facts
    {
        get
        {
            if (!_thorough)
                return null;
            var facts = new List<HostFact>();
            var names = _autostart.Select(u => _names.GetValueOrDefault(u, u)).Order(StringComparer.Ordinal).ToList();
            if (names.Count > 0)
                facts.Add(new("Starts with the host", string.Join(", ", names)));
            if (_service.Count > 0)
                facts.Add(new("libvirt-guests", string.Join(", ", _service.Select(s => $"{s.Key}={s.Value}"))));
            return facts;
        }
    }

    /// <summary>A guest whose state came in no section (it was defined or removed meanwhile) is Unknown.</summary>
    public HostInventory Inventory(string realm) =>
        new(realm, [.. _names.Select(n => Guest(n.Key, n.Value)).OrderBy(g => g.Name, StringComparer.Ordinal)])
        {
            Facts = Facts,
        };

    private GuestSighting Guest(string uuid, string name)
    {
        var state = _states.GetValueOrDefault(name, GuestState.Unknown);
        if (state == GuestState.Off && _saved.Contains(uuid))
            state = GuestState.Saved;
        var agent = state == GuestState.Running ? _agents.GetValueOrDefault(uuid) : AgentState.Unknown;
        return new GuestSighting(uuid, name, GuestKind.Vm, state, agent);
    }

    private (string Section, string Remainder) Enter(string line)
    {
        if (line.StartsWith(Mark + "autostart", StringComparison.Ordinal))
        {
            _thorough = true;
            return ("autostart", line[(Mark.Length + "autostart".Length)..]);
        }
        if (line.StartsWith(Mark + "service ", StringComparison.Ordinal))
        {
            foreach (var setting in line[(Mark.Length + "service ".Length)..].Split(' '))
                if (setting.Split('=', 2) is [("ON_SHUTDOWN" or "ON_BOOT") and var key, var value])
                    _service[key] = value.Trim('"', '\'');
            return ("", "");
        }
        if (After(line, "machine ") is { } machine)
        {
            MachineId = machine.Length > 0 ? machine : null;
            return ("", "");
        }
        if (After(line, "firmware ") is { } firmware)
        {
            Firmware = firmware;
            return ("", "");
        }
        foreach (var name in (string[])["uuid", "state", "saved", "realm"])
            if (line.StartsWith(Mark + name, StringComparison.Ordinal))
                return (name, line[(Mark.Length + name.Length)..]);
        if (line.StartsWith(Mark + "agent ", StringComparison.Ordinal))
        {
            var words = line.Split(' ');
            if (words.Length == 3)
                _agents[words[1]] = words[2] == "running" ? AgentState.Running : AgentState.Absent;
            return ("", "");
        }
        if (!line.StartsWith(Mark + "end", StringComparison.Ordinal))
            throw new DeviceException(DeviceFault.ProtocolError, $"virsh printed an unexpected line: {line}");
        Complete = true;
        return ("", line[(Mark.Length + "end".Length)..]);
    }

    private static string? After(string line, string mark) =>
        line.StartsWith(Mark + mark, StringComparison.Ordinal) ? line[(Mark.Length + mark.Length)..].Trim() : null;

    private void Take(string section, string line)
    {
        switch (section)
        {
            case "realm" when Between(line, "<uuid>", "</uuid>") is { } uuid:
                Realm = uuid;
                break;
            case "realm" when Realm is null && line.Length > 0 && !line.TrimStart().StartsWith('<'):
                Realm = line.Trim();
                break;
            // "uuid name": the name is all that follows the first space.
            case "uuid" when line.Length > 37 && Guid.TryParseExact(line[..36], "D", out _):
                _names[line[..36]] = line[37..];
                break;
            case "state":
                TakeState(line);
                break;
            case "saved" when Guid.TryParseExact(line.Trim(), "D", out _):
                _saved.Add(line.Trim());
                break;
            case "autostart" when Guid.TryParseExact(line.Trim(), "D", out _):
                _autostart.Add(line.Trim());
                break;
        }
    }

    private void TakeState(string line)
    {
        if (Between(line, "Domain: '", null) is { } quoted && quoted.EndsWith('\''))
            _domain = quoted[..^1];
        else if (_domain is not null && Between(line, "state.state=", null) is { } number)
            _states[_domain] = State(number);
    }

    /// <summary>virDomainState. A guest that is shutting down still runs; a crashed one may still hold its memory, so
    /// it is neither running nor off.</summary>
    private static GuestState State(string number) =>
        int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var state)
            ? state switch
            {
                1 or 2 or 4 => GuestState.Running,
                3 or 7 => GuestState.Paused,
                5 => GuestState.Off,
                _ => GuestState.Unknown,
            }
            : GuestState.Unknown;

    private static string? Between(string line, string start, string? end)
    {
        var at = line.IndexOf(start, StringComparison.Ordinal);
        if (at < 0 || line[..at].Trim().Length > 0)
            return null;
        var rest = line[(at + start.Length)..];
        var stop = end is null ? rest.Length : rest.IndexOf(end, StringComparison.Ordinal);
        return stop < 0 ? null : rest[..stop];
    }
}
