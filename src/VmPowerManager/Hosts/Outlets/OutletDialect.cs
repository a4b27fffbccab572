using System.Globalization;
using VmPowerManager.Core;
using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Hosts.Outlets;

/// <summary>How one maker tells and switches outlets. An outlet's number is the last arc of both objects.</summary>
internal sealed record OutletDialect(string Name, Oid State, int IsOn, int IsOff, Oid Command, int ToOn, int ToOff)
{
    /// <summary>APC PowerNet-MIB, the newer table first. Mind the states: the two count them the other way round.</summary>
    public static IReadOnlyList<OutletDialect> Known { get; } =
    [
        // rPDU2OutletSwitchedStatusState, rPDU2OutletSwitchedControlCommand
        Apc("APC rPDU2", "26.9.2.3.1.5", 2, 1, "26.9.2.4.1.5"),
        // rPDUOutletStatusOutletState, rPDUOutletControlOutletCommand
        Apc("APC rPDU", "12.3.5.1.1.4", 1, 2, "12.3.3.1.1.4"),
    ];

    private static OutletDialect Apc(string name, string state, int isOn, int isOff, string command) =>
        new(name, At(state), isOn, isOff, At(command), 1, 2);

    private static Oid At(string arcs) => Oid.Parse($"1.3.6.1.4.1.318.1.1.{arcs}");
}

/// <summary>One outlet: the objects that tell and switch it, and their values.</summary>
internal sealed record Outlet(Sentence Name, Oid State, int IsOff, Oid Command, int ToOn, int ToOff);

/// <summary>What a person wrote: numbers of outlets (<c>5</c>, <c>5,6</c>: a machine with two supplies has two), or objects of
/// any maker with their values (<c>1.3.6.1.4.1.850.1.2=1/0</c>: on and off, told and set by the same object).</summary>
internal sealed record OutletList(IReadOnlyList<uint> Numbers, IReadOnlyList<Outlet> Objects)
{
    private const int Most = 8;

    /// <summary>Null: it is none.</summary>
    public static OutletList? Parse(string? text)
    {
        var (numbers, objects) = (new List<uint>(), new List<Outlet>());
        foreach (var part in (text ?? "").Split(',', StringSplitOptions.TrimEntries))
        {
            if (uint.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)
                numbers.Add(number);
            else if (ObjectOf(part) is { } outlet)
                objects.Add(outlet);
            else
                return null;
        }
        return numbers.Count + objects.Count <= Most ? new(numbers, objects) : null;
    }

    private static Outlet? ObjectOf(string part) =>
        part.Split('=', '/') is [var name, var on, var off]
        && Oid.TryParse(name.Trim(), out var oid)
        && Number(on) is { } toOn
        && Number(off) is { } toOff
        && toOn != toOff
            ? new(Sentence.Verbatim(name.Trim()), oid, toOff, oid, toOn, toOff)
            : null;

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
