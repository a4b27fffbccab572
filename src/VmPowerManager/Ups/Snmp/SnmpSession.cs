using VmPowerManager.Core;
using VmPowerManager.Core.Power;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Ups.Snmp;

/// <summary>One device. The client asks one thing at a time and in small portions, so a status read gets its turn between
/// those of a full read. What the device is and which objects it has is found once, and again after its agent rebooted or
/// was lost.</summary>
internal sealed class SnmpSession : IUpsSession, IUpsCut
{
    /// <summary>Full reads until all there may be is asked for again: cards learn of a battery pack or a sensor later.</summary>
    private const int ReadsUntilSearch = 20;

    private readonly SnmpSettings _settings;
    private readonly SnmpEndpoint _endpoint;
    private readonly TimeProvider _time;
    private readonly SnmpClient _client;
    private readonly SnmpAgent _agent;
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _lock = new();
    private Task<SnmpPicture>? _searching;
    private SnmpPicture? _picture;
    private int _fullReads;
    private volatile bool _wasLost;

    public SnmpSession(SnmpSettings settings, SnmpEndpoint endpoint, TimeProvider time)
    {
        (_settings, _endpoint, _time) = (settings, endpoint, time);
        _client = new SnmpClient(endpoint, time);
        _agent = SnmpAgent.Of(_client);
    }

    public async Task<UpsReading> ReadStatusAsync(CancellationToken ct)
    {
        if (Volatile.Read(ref _picture) is not { } picture)
            return StatusOf(await SearchAsync(ct));
        ThrowIfNoUps(picture.Device);
        if (picture.Deciding.Count == 0)
            return StatusOf(await SearchAsync(ct));
        try
        {
            var fresh = await new SnmpReader(_agent, picture.Device).FetchStatusAsync(
                picture.Known,
                picture.Deciding,
                ct
            );
            Keep(picture, fresh);
            return StatusOf(picture with { Known = fresh });
        }
        catch (SnmpException e) when (e.Reason is SnmpFault.Timeout or SnmpFault.Unreachable)
        {
            _wasLost = true;
            throw;
        }
    }

    public async Task<UpsReading> ReadAsync(CancellationToken ct)
    {
        var picture = Volatile.Read(ref _picture);
        var search = picture is not { Device.IsUps: true } || _wasLost || ++_fullReads >= ReadsUntilSearch;
        if (search)
        {
            picture = await SearchAsync(ct);
            (_wasLost, _fullReads) = (false, 0);
            return Map(picture);
        }
        var fresh = await new SnmpReader(_agent, picture!.Device).FetchAgainAsync(picture.Known, ct); // not null: else searched
        Keep(picture, fresh);
        return Map(picture with { Known = fresh });
    }

    public async Task<IReadOnlyList<UpsCheck>> CheckAsync(CancellationToken ct)
    {
        await using var checks = new SnmpChecks(_settings, _endpoint, _time);
        return await checks.RunAsync(ct);
    }

    public async Task<IReadOnlyList<string>> CommandsAsync(CancellationToken ct) =>
        await (await WriterAsync(ct)).NamesAsync(ct);

    public async Task<UpsCommandOutcome> ExecuteAsync(string command, string? value, CancellationToken ct)
    {
        await (await WriterAsync(ct)).RunAsync(command, value, ct);
        return UpsCommandOutcome.Accepted;
    }

    public async Task<UpsCutAbility?> FindCutAsync(CancellationToken ct) =>
        await new SnmpCut(await WriterAsync(ct)).FindAsync(ct);

    public async Task CutAsync(TimeSpan delay, CancellationToken ct) =>
        await new SnmpCut(await WriterAsync(ct)).CutAsync(delay, ct);

    public async Task AbortCutAsync(CancellationToken ct) => await new SnmpCut(await WriterAsync(ct)).AbortAsync(ct);

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _client.DisposeAsync();
        // Not disposed: a search that ends just now still looks at its token.
    }

    /// <summary>Runs on when the caller's time is up: a slow card would otherwise never be known.</summary>
    private Task<SnmpPicture> SearchAsync(CancellationToken ct)
    {
        lock (_lock)
        {
            if (_searching is not { IsCompleted: false })
                _searching = SearchAsync();
            return _searching.WaitAsync(ct);
        }
    }

    private async Task<SnmpPicture> SearchAsync()
    {
        var picture = await SnmpPicture.TakeAsync(_agent, _settings.Mib, _ending.Token);
        Volatile.Write(ref _picture, picture);
        return picture;
    }

    /// <summary>What was read becomes what is known, also where the other kind of read ended meanwhile; unless the device
    /// was found anew.</summary>
    private void Keep(SnmpPicture picture, Snapshot fresh)
    {
        while (Volatile.Read(ref _picture) is { } current && current.Device == picture.Device)
        {
            var next = picture.IsRebooted(fresh)
                ? null
                : current with
                {
                    // Alarms that are gone have no newer value to take their place.
                    Known = SnmpReader.WithoutAlarms(picture.Device, current.Known).With(fresh.All),
                    Deciding = picture.Deciding,
                };
            if (Interlocked.CompareExchange(ref _picture, next, current) == current)
                return;
        }
    }

    private async Task<SnmpWriter> WriterAsync(CancellationToken ct)
    {
        var picture = Volatile.Read(ref _picture) ?? await SearchAsync(ct);
        ThrowIfNoUps(picture.Device);
        SnmpReadings.ThrowIfLost(picture.Device.Dialects, picture.Known);
        return new SnmpWriter(_agent, picture.Device);
    }

    private UpsReading StatusOf(SnmpPicture picture)
    {
        var all = Map(picture);
        return new UpsReading
        {
            At = all.At,
            Taken = all.Taken,
            Status = all.Status,
            UnknownFlags = all.UnknownFlags,
            BatteryChargePercent = all.BatteryChargePercent,
            BatteryRuntimeSeconds = all.BatteryRuntimeSeconds,
            InputVoltage = all.InputVoltage,
            Mib = all.Mib,
        };
    }

    private UpsReading Map(SnmpPicture picture)
    {
        ThrowIfNoUps(picture.Device);
        return SnmpReadings.Map(picture.Device, picture.Known, _time.GetUtcNow(), _time.Elapsed());
    }

    private static void ThrowIfNoUps(Detection device)
    {
        if (!device.IsUps)
            throw new DeviceException(DeviceFault.Unsupported, Words(device));
    }

    internal static string Words(Detection device) =>
        device.Description.Length == 0
            ? $"This is {device.Instead}."
            : $"This is {device.Instead}. It calls itself \"{device.Description}\".";
}
