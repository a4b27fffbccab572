using System.Globalization;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Ups.Snmp;

/// <summary>Runs commands: only those whose object the device has.</summary>
internal sealed class SnmpWriter(SnmpAgent agent, Detection device)
{
    private const string Stop = "shutdown.stop";
    private const int MostRows = 32;
    private const int LongestDelaySeconds = 24 * 3600;

    public Detection Device => device;

    /// <summary>In NUT's words; of two dialects with the same command the richer one's runs.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync(CancellationToken ct) =>
        [.. (await OfferedAsync(ct)).Select(c => c.Name).Distinct().Order(StringComparer.Ordinal)];

    public async Task RunAsync(string name, string? value, CancellationToken ct)
    {
        var offered = await OfferedAsync(ct);
        var command =
            offered.FirstOrDefault(c => c.Name == name)
            ?? throw new DeviceException(DeviceFault.Unsupported, $"The device does not offer {name}.");
        var seconds = DelayOf(command, value);
        try
        {
            foreach (var pdu in command.Pdus)
                await PutAsync(pdu, seconds, ct);
        }
        catch (Exception e)
            when (command is { TakesDelay: true, Pdus.Count: > 1 } && e is DeviceException or OperationCanceledException
            )
        {
            // Half of "off, and on again" is "off".
            if (offered.FirstOrDefault(c => c.Name == Stop) is { } stop)
                await TryRunAsync(stop);
            throw;
        }
    }

    /// <summary>Takes something back after a failure, which says it all: whatever becomes of this. Not to be cancelled; the
    /// client gives up in time.</summary>
    public async Task TryRunAsync(SnmpCommand command)
    {
        try
        {
            foreach (var pdu in command.Pdus)
                await PutAsync(pdu, 0, CancellationToken.None);
        }
        catch (DeviceException)
        {
            // The first failure says it all.
        }
    }

    public async Task PutAsync(IReadOnlyList<SnmpPut> pdu, int delaySeconds, CancellationToken ct)
    {
        var values = new List<SnmpVariable>();
        foreach (var put in pdu)
            values.Add(new(put.At, await ValueAsync(put, delaySeconds, ct)));
        try
        {
            await agent.Set(values, ct);
        }
        catch (SnmpException e) when (IsForbidden(e))
        {
            throw new DeviceException(
                e.Fault,
                $"{e.Message}. This community or user may only read, or the device does not take it in its present state.",
                e
            );
        }
    }

    public Task<IReadOnlyDictionary<Oid, SnmpValue>> GetAsync(IReadOnlyCollection<Oid> names, CancellationToken ct) =>
        names.Count == 0
            ? Task.FromResult<IReadOnlyDictionary<Oid, SnmpValue>>(new Dictionary<Oid, SnmpValue>())
            : agent.Get(names, ct);

    private async Task<List<SnmpCommand>> OfferedAsync(CancellationToken ct)
    {
        var all = device.Dialects.SelectMany(d => d.Commands).ToArray();
        var there = await GetAsync([.. all.Where(c => !c.IsPerRow).Select(c => c.Offered).Distinct()], ct);
        var offered = all.Where(c => !c.IsPerRow && there.ContainsKey(c.Offered)).ToList();
        foreach (var commands in all.Where(c => c.IsPerRow).GroupBy(c => c.Offered))
        {
            foreach (var row in await agent.Walk(commands.Key, MostRows, ct))
                offered.AddRange(commands.Select(c => Row(c, row.Name[^1])));
        }
        return offered;
    }

    private static SnmpCommand Row(SnmpCommand command, uint row) =>
        command with
        {
            Name = string.Format(CultureInfo.InvariantCulture, command.Name, row),
            Pdus =
            [
                .. command.Pdus.Select(pdu =>
                    (IReadOnlyList<SnmpPut>)[.. pdu.Select(put => put with { At = put.At.Append(row) })]
                ),
            ],
        };

    private static int DelayOf(SnmpCommand command, string? value)
    {
        if (!command.TakesDelay || string.IsNullOrWhiteSpace(value))
            return command.DelaySeconds;
        return
            int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds <= LongestDelaySeconds
            ? seconds
            : throw new DeviceException(
                DeviceFault.Refused,
                $"The value of {command.Name} is its delay: 0 to {LongestDelaySeconds} s."
            );
    }

    private async Task<SnmpValue> ValueAsync(SnmpPut put, int delaySeconds, CancellationToken ct) =>
        put.Kind switch
        {
            PutKind.Delay => SnmpValue.OfInteger(Math.Max(delaySeconds, put.Least) + (int)put.Value),
            PutKind.DelayInTicks => SnmpValue.OfNumber(SnmpType.TimeTicks, delaySeconds * 100L),
            PutKind.Identifier => SnmpValue.OfObjectId(put.Pointed),
            PutKind.Spin => (await agent.Get([put.At], ct)).GetValueOrDefault(put.At) ?? SnmpValue.OfInteger(0),
            _ => SnmpValue.OfInteger((int)put.Value),
        };

    private static bool IsForbidden(SnmpException e) =>
        e.Reason == SnmpFault.ErrorStatus
        && e.Status
            is SnmpErrorStatus.NoAccess
                or SnmpErrorStatus.NotWritable
                or SnmpErrorStatus.ReadOnly
                or SnmpErrorStatus.AuthorizationError
                or SnmpErrorStatus.NoSuchName;
}
