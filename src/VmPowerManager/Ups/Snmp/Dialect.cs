using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Ups.Snmp;

/// <summary>How one family of UPSes says things: data only. Everything below <see cref="Root"/> is written relative to
/// it. Within a list the first that holds a usable value wins.</summary>
/// <param name="Id">The API's <c>mib</c> value.</param>
/// <param name="Title">For people.</param>
/// <param name="Root">Where its objects stand.</param>
internal sealed record Dialect(string Id, string Title, string Root)
{
    /// <summary>Who makes the devices, where they do not say it themselves.</summary>
    public string? Maker { get; init; }

    /// <summary>sysObjectIDs (and what is below them) that mean this family.</summary>
    public IReadOnlyList<string> Systems
    {
        get;
        init => (field, SystemOids) = (value, [.. value.Select(Oid.Parse)]);
    } = [];

    public IReadOnlyList<Oid> SystemOids { get; private init; } = [];

    /// <summary>Groups and objects of which a device of this family has at least one.</summary>
    public IReadOnlyList<string> Presence
    {
        get;
        init => (field, PresenceOids) = (value, [.. value.Select(At)]);
    } = [];

    public IReadOnlyList<Oid> PresenceOids { get; private init; } = [];

    public IReadOnlyList<Measure> Measures
    {
        get;
        init => field = [.. value.Select(m => m with { At = At(m.Rest) })];
    } = [];

    public IReadOnlyList<TextObject> Texts
    {
        get;
        init => field = [.. value.Select(t => t with { At = At(t.Rest) })];
    } = [];

    public IReadOnlyList<StatusObject> Status
    {
        get;
        init => field = [.. value.Select(s => s with { At = At(s.Rest), KindsAt = At(s.Kinds) })];
    } = [];

    /// <summary>The card answers, but has lost its UPS: this object says so with this number.</summary>
    public (string At, long Lost)? Comm
    {
        get;
        init => (field, CommAt) = (value, value is { } comm ? At(comm.At) : null);
    }

    public Oid? CommAt { get; private init; }

    public IReadOnlyList<SnmpCommand> Commands
    {
        get;
        init => field = [.. value.Select(c => c.Below(At))];
    } = [];

    /// <summary>Null: no cut that is safe whatever mains does.</summary>
    public CutRecipe? Cut
    {
        get;
        init => field = value?.Below(At);
    }

    /// <summary>Values that this family serves wrongly in every tree: constants, or units that nobody knows.</summary>
    public IReadOnlySet<string> Distrusted { get; init; } = new HashSet<string>();

    /// <summary>Readings come as (label, value, unit) rows: see <see cref="LabelledRows"/>.</summary>
    public bool HasLabelledRows { get; init; }

    /// <summary>It measures something; some trees only say who made it.</summary>
    public bool Tells => Measures.Count > 0 || HasLabelledRows;

    /// <summary>An object of this family; one that is written in full stands elsewhere.</summary>
    public Oid At(string rest) =>
        Oid.Parse(
            rest.Length == 0 ? Root
            : rest.StartsWith("1.3.6.1.", StringComparison.Ordinal) ? rest
            : $"{Root}.{rest}"
        );
}

/// <summary>A number: where it stands, and what to multiply it with for the unit of its NUT name (docs/nut-names of NUT:
/// volts, hertz, percent, seconds, degrees Celsius, watts).</summary>
/// <param name="Name">NUT's name; for a column and a line the name of the whole: <c>input.voltage</c>.</param>
internal sealed record Measure(string Name, string Rest, double Scale)
{
    public Oid At { get; init; } = Oids.None;

    /// <summary>A column of a table with one row a line (phase).</summary>
    public bool IsColumn { get; init; }

    /// <summary>The line that a single object belongs to; 0 where it stands for the whole.</summary>
    public int Line { get; init; }
}

/// <summary>A text; or, with <paramref name="Words"/>, an enumeration to be told in words.</summary>
internal sealed record TextObject(string Name, string Rest, IReadOnlyDictionary<long, string>? Words = null)
{
    public Oid At { get; init; } = Oids.None;
}

internal enum StatusKind
{
    /// <summary>An enumeration of which one state holds: where the output comes from.</summary>
    Source,

    /// <summary>An enumeration that adds flags.</summary>
    Extra,

    /// <summary>A column of alarms: each an identifier whose last number says which.</summary>
    Alarms,

    /// <summary>A text of zeros and ones, by position from 1.</summary>
    Letters,
}

/// <summary>An object that says something about the state.</summary>
/// <param name="States">By value, alarm number or position.</param>
internal sealed record StatusObject(StatusKind Kind, string Rest, IReadOnlyDictionary<long, State> States)
{
    public Oid At { get; init; } = Oids.None;

    /// <summary>Counts only while the output comes from the battery: it tells a test from an outage then. Results of tests
    /// stay for years and may say "in progress" for ever.</summary>
    public bool OnlyOnBattery { get; init; }

    /// <summary>Of alarms: below this their identifiers stand. What a maker defines elsewhere is another alarm, though its
    /// last number be the same.</summary>
    public string Kinds { get; init; } = "";

    public Oid KindsAt { get; init; } = Oids.None;

    /// <summary>The alarm that says that the card has lost its UPS.</summary>
    public long? LostAlarm { get; init; }

    /// <summary>Any number above 0 that is not among the states means this: a count of alarms.</summary>
    public State? AnyOther { get; init; }
}

internal static class Oids
{
    public static readonly Oid None = new(0, 0);
    public static readonly Oid Zero = new(0);
}
