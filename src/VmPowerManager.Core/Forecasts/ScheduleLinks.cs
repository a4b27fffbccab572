using System.Globalization;
using VmPowerManager.Core.Engine;

namespace VmPowerManager.Core.Forecasts;

/// <summary>Who waits for whom in a <see cref="Schedule"/> whatever the phases say (POLICY C6).</summary>
internal sealed class ScheduleLinks
{
    private const string GuestsOf = "guests:";
    private readonly WorkItem[] _items;
    private readonly Dictionary<int, List<int>> _lets = [];

    public ScheduleLinks(WorkItem[] items)
    {
        _items = items;
        WaitsFor = new int[items.Length];
        LetsPass = new bool[items.Length];
        Link();
    }

    /// <summary>How many items have to end before this one may begin.</summary>
    public int[] WaitsFor { get; }

    /// <summary>It waits for something that is written later, and so keeps nobody else waiting.</summary>
    public bool[] LetsPass { get; }

    public IReadOnlyList<int> LetBy(int index) => _lets.TryGetValue(index, out var lets) ? lets : [];

    /// <summary>Who waits for whom whatever the phases say: a host for what is about it, a target for what needs it.</summary>
    private void Link()
    {
        var byKey = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        var machines = Enumerable
            .Range(0, _items.Length)
            .Where(i => _items[i] is { IsMachine: true, Target.Kind: TargetKind.Host })
            .ToLookup(i => _items[i].HostId);
        for (var i = 0; i < _items.Length; i++)
        {
            if (_items[i].IsMachine || _items[i].IsGuest)
                ListOf(byKey, _items[i].Key).Add(i);
        }
        for (var i = 0; i < _items.Length; i++)
        {
            if (!_items[i].IsMachine)
            {
                foreach (var host in machines[_items[i].HostId])
                    Wait(host, i);
            }
            if (_items[i].Needs.IsEmpty)
                continue;
            foreach (var needed in _items[i].Needs.SelectMany(k => Named(byKey, k)))
            {
                if (needed != i && _items[i].Rank <= _items[needed].Rank && !IsHostOf(i, needed))
                    Wait(needed, i);
            }
        }
    }

    private IEnumerable<int> Named(Dictionary<string, List<int>> byKey, string key) =>
        byKey.GetValueOrDefault(key)
        ?? (
            key.StartsWith(GuestsOf, StringComparison.Ordinal)
            && int.TryParse(key.AsSpan(GuestsOf.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var host)
                ? Enumerable.Range(0, _items.Length).Where(i => _items[i].IsGuest && _items[i].HostId == host)
                : []
        );

    /// <summary>A host never waits for its guests to be without it (I2).</summary>
    private bool IsHostOf(int host, int guest) =>
        _items[host].IsMachine && !_items[guest].IsMachine && _items[host].HostId == _items[guest].HostId;

    private void Wait(int index, int first)
    {
        WaitsFor[index]++;
        if (_lets.TryGetValue(first, out var lets))
            lets.Add(index);
        else
            _lets[first] = [index];
        // What waits for something that is written later keeps nobody waiting before that: the plan would stand still.
        LetsPass[index] |= first > index && !_items[index].Running;
    }

    private static List<int> ListOf(Dictionary<string, List<int>> lists, string key)
    {
        if (!lists.TryGetValue(key, out var list))
            lists[key] = list = [];
        return list;
    }
}
