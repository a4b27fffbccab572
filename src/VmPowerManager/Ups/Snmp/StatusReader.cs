using System.Collections.Immutable;
using VmPowerManager.Core.Power;
using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Ups.Snmp;

/// <summary>What a device does.</summary>
/// <param name="Words">What no flag says: <c>other</c>, <c>rebooting</c>.</param>
/// <param name="From">The objects that say it, the deciding first.</param>
internal sealed record DeviceStatus(UpsStatus Flags, ImmutableArray<string> Words, ImmutableArray<Oid> From)
{
    /// <summary>The dialect that says where the output comes from.</summary>
    public Dialect? By { get; init; }
}

/// <summary>Puts the status objects of all dialects together: where the output comes from is told by the first that
/// knows; the rest adds flags. Unknown stays unknown, never on line.</summary>
internal static class StatusReader
{
    /// <summary>Where the output comes from, or that it has none.</summary>
    private const UpsStatus Sources = UpsStatus.OL | UpsStatus.OB | UpsStatus.BYPASS | UpsStatus.OFF;

    public static DeviceStatus Read(IReadOnlyList<Dialect> dialects, Snapshot snapshot)
    {
        var (by, flags, words, from) = Source(dialects, snapshot);
        foreach (var dialect in dialects)
        {
            // A tree that was overruled on the source adds what it knows of battery and alarms, not its own idea of it.
            var trusted = by is null || by == dialect;
            foreach (var item in dialect.Status.Where(s => s.Kind != StatusKind.Source))
            {
                var said = Said(item, snapshot);
                if (said is null)
                    continue;
                from.Add(item.At);
                if (item.OnlyOnBattery && !flags.HasFlag(UpsStatus.OB))
                    continue;
                flags |= trusted ? said.Value : said.Value & ~Sources;
            }
        }
        flags = Settle(flags);
        return new(flags, [.. words], [.. from]) { By = by };
    }

    private static (Dialect?, UpsStatus, List<string>, List<Oid>) Source(
        IReadOnlyList<Dialect> dialects,
        Snapshot snapshot
    )
    {
        var (words, from) = (new List<string>(), new List<Oid>());
        foreach (var dialect in dialects)
        {
            foreach (var item in dialect.Status.Where(s => s.Kind == StatusKind.Source))
            {
                if (snapshot.Number(item.At) is not { } number)
                    continue;
                from.Add(item.At);
                if (!item.States.TryGetValue((long)number, out var state))
                    state = Tables.Unknown;
                if (state.Flags != UpsStatus.None)
                    return (dialect, state.Flags, state.Word is { } more ? [more] : [], from);
                if (state.Word is { } word && !words.Contains(word))
                    words.Add(word);
            }
        }
        return (null, UpsStatus.None, words, from);
    }

    private static UpsStatus? Said(StatusObject item, Snapshot snapshot) =>
        item.Kind switch
        {
            StatusKind.Alarms => Alarms(item, snapshot),
            StatusKind.Letters => Letters(item, snapshot.Text(item.At)),
            _ => snapshot.Number(item.At) is { } number
                ? item.States.TryGetValue((long)number, out var state)
                    ? state.Flags
                    : number > 0
                        ? item.AnyOther?.Flags ?? UpsStatus.None
                        : UpsStatus.None
                : null,
        };

    /// <summary>An alarm says that the card has lost its UPS: all it tells is old.</summary>
    public static bool IsLost(IReadOnlyList<Dialect> dialects, Snapshot snapshot) =>
        dialects
            .SelectMany(d => d.Status)
            .Any(s => s.LostAlarm is { } lost && snapshot.Below(s.At).Any(v => Number(s, v.Value) == lost));

    private static UpsStatus? Alarms(StatusObject item, Snapshot snapshot)
    {
        UpsStatus? flags = null;
        foreach (var (_, value) in snapshot.Below(item.At))
        {
            flags ??= UpsStatus.None;
            if (Number(item, value) is { } number)
                flags |= item.States.GetValueOrDefault(number).Flags;
        }
        return flags;
    }

    /// <summary>Which alarm; null: none of those that the MIB defines. Some agents name an instance (".0").</summary>
    private static long? Number(StatusObject item, SnmpValue alarm) =>
        alarm.ObjectId is { } which && which.IsWithin(item.KindsAt) && which.Length > item.KindsAt.Length
            ? which.Arcs[item.KindsAt.Length]
            : null;

    private static UpsStatus? Letters(StatusObject item, string text)
    {
        if (text.Length == 0 || text.Any(c => c is not ('0' or '1')))
            return null;
        var flags = UpsStatus.None;
        foreach (var (position, state) in item.States)
        {
            if (position <= text.Length && text[(int)position - 1] == '1')
                flags |= state.Flags;
        }
        return flags;
    }

    /// <summary>The output has one source: battery rules out all others, bypass and off rule out mains.</summary>
    private static UpsStatus Settle(UpsStatus flags)
    {
        if (flags.HasFlag(UpsStatus.OB))
            return flags & ~(UpsStatus.OL | UpsStatus.BYPASS | UpsStatus.OFF);
        if (flags.HasFlag(UpsStatus.OFF))
            return flags & ~(UpsStatus.OL | UpsStatus.BYPASS);
        return flags.HasFlag(UpsStatus.BYPASS) ? flags & ~UpsStatus.OL : flags;
    }
}
