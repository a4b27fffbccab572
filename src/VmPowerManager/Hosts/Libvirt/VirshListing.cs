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
    private string? _domain;

    /// <summary>virsh came to its end. Without it, nothing may be concluded from what is missing.</summary>
    public bool Complete { get; private set; }

    /// <summary>The host's UUID, when it was asked for; its name where libvirt knows no UUID.</summary>
    public string? Realm { get; private set; }

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

    /// <summary>A guest whose state came in no section (it was defined or removed meanwhile) is Unknown.</summary>
    public HostInventory Inventory(string realm) =>
        new(realm, [.. _names.Select(n => Guest(n.Key, n.Value)).OrderBy(g => g.Name, StringComparer.Ordinal)]);

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
