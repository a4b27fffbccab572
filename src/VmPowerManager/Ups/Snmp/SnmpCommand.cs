using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Ups.Snmp;

/// <summary>A command in NUT's words and what to write for it: PDU by PDU, in order. It is offered where the object that
/// the last PDU writes is there.</summary>
internal sealed record SnmpCommand(string Name, params IReadOnlyList<IReadOnlyList<SnmpPut>> Pdus)
{
    /// <summary>Where the user gives no delay.</summary>
    public int DelaySeconds { get; init; }

    /// <summary>The object is a column: one command for each of its rows, whose number stands in the name.</summary>
    public bool IsPerRow { get; init; }

    public bool TakesDelay => Pdus.Any(pdu => pdu.Any(put => put.Kind is PutKind.Delay or PutKind.DelayInTicks));

    public Oid Offered => Pdus[^1][^1].At;

    public SnmpCommand Below(Func<string, Oid> at) =>
        this with
        {
            Pdus = [.. Pdus.Select(pdu => (IReadOnlyList<SnmpPut>)[.. pdu.Select(put => put.Below(at))])],
        };
}

internal enum PutKind
{
    Number,

    /// <summary>The delay asked for, in seconds.</summary>
    Delay,

    /// <summary>The same, in hundredths of a second.</summary>
    DelayInTicks,
    Identifier,

    /// <summary>What stands there now: the lock that makes one of two who write at once fail.</summary>
    Spin,
}

/// <summary>One value to write.</summary>
internal sealed record SnmpPut(PutKind Kind, string Rest, long Value)
{
    public Oid At { get; init; } = Oids.None;

    /// <summary>For an identifier: which.</summary>
    public string Which { get; init; } = "";

    public Oid Pointed { get; init; } = Oids.None;

    /// <summary>The shortest delay that means one.</summary>
    public int Least { get; init; }

    public static SnmpPut Number(string rest, long value) => new(PutKind.Number, rest, value);

    /// <param name="rest">Where.</param>
    /// <param name="plus">Seconds on top of the delay.</param>
    /// <param name="least">See <see cref="Least"/>.</param>
    public static SnmpPut Delay(string rest, int plus = 0, int least = 0) =>
        new(PutKind.Delay, rest, plus) { Least = least };

    public static SnmpPut DelayInTicks(string rest) => new(PutKind.DelayInTicks, rest, 0);

    public static SnmpPut Identifier(string rest, string which) => new(PutKind.Identifier, rest, 0) { Which = which };

    public static SnmpPut Spin(string rest) => new(PutKind.Spin, rest, 0);

    public SnmpPut Below(Func<string, Oid> at) =>
        this with
        {
            At = at(Rest),
            Pointed = Which.Length > 0 ? at(Which) : Oids.None,
        };
}

/// <summary>How a family is cut so that it comes back whatever mains does (POLICY C9).</summary>
/// <param name="Command">The MIB's name of it.</param>
internal sealed record CutRecipe(string Command, TimeSpan LongestDelay, bool CanAbort)
{
    public required SnmpCommand Delayed { get; init; }

    public required SnmpCommand AtOnce { get; init; }

    public SnmpCommand? Abort { get; init; }

    /// <summary>Countdowns in seconds that run once the order is taken; -1 and 0 where none runs.</summary>
    public IReadOnlyList<string> Timers { get; init; } = [];

    public IReadOnlyList<Oid> TimerOids { get; private init; } = [];

    /// <summary>What the delay is set in (hundredths of a second), to be read back: the device may round.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    public IReadOnlyList<Oid> SettingOids { get; private init; } = [];

    public CutRecipe Below(Func<string, Oid> at) =>
        this with
        {
            Delayed = Delayed.Below(at),
            AtOnce = AtOnce.Below(at),
            Abort = Abort?.Below(at),
            TimerOids = [.. Timers.Select(at)],
            SettingOids = [.. Settings.Select(at)],
        };
}
