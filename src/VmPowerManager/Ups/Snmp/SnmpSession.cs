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

    private const ConfigureAwaitOptions Quietly =
        ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext;

    private readonly SnmpSettings _settings;
    private readonly SnmpEndpoint _endpoint;
    private readonly TimeProvider _time;
    private readonly SnmpClient _client;
    private readonly SnmpAgent _agent;
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _lock = new();
    private Task _order = Task.CompletedTask;
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

    public UpsTrust Trust =>
        _endpoint is { Version: SnmpVersion.V3, Auth: not SnmpAuth.None } ? UpsTrust.Proven : UpsTrust.None;

    public async Task<UpsReading> ReadStatusAsync(CancellationToken ct)
    {
        if (Volatile.Read(ref _picture) is not { } picture)
            return StatusOf(await SearchAsync(ct));
        ThrowIfNoUps(picture.Device);
        if (picture.Deciding.Count == 0)
            return StatusOf(await SearchAsync(ct));
        try
        {
            var reader = new SnmpReader(_agent, picture.Device);
            var fresh = await reader.FetchStatusAsync(picture.Known, picture.Deciding, ct);
            Keep(picture, fresh, isWhole: false);
            return StatusOf(picture with { Known = reader.Decided(fresh, picture.Deciding) });
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
        var fresh = await new SnmpReader(_agent, picture!.Device).FetchAgainAsync(picture.Found, ct); // not null: else searched
        Keep(picture, fresh, isWhole: true);
        var reading = Map(picture with { Known = fresh });
        // A card that was searched while it started may have more by now.
        _wasLost |= reading.Status == UpsStatus.None;
        return reading;
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
        var writer = await WriterAsync(ct);
        await OrderAsync(() => writer.RunAsync(command, value, ct));
        return UpsCommandOutcome.Accepted;
    }

    public async Task<UpsCutAbility?> FindCutAsync(CancellationToken ct) =>
        await new SnmpCut(await WriterAsync(ct)).FindAsync(ct);

    public async Task CutAsync(TimeSpan delay, CancellationToken ct)
    {
        var cut = new SnmpCut(await WriterAsync(ct));
        await OrderAsync(() => cut.CutAsync(delay, ct));
    }

    public async Task AbortCutAsync(CancellationToken ct) => await new SnmpCut(await WriterAsync(ct)).AbortAsync(ct);

    public async ValueTask DisposeAsync()
    {
        // Who gave an order may have left: half of one is still taken back.
        await Volatile.Read(ref _order).ConfigureAwait(Quietly);
        await _ending.CancelAsync();
        await _client.DisposeAsync();
        // Not disposed: a search that ends just now still looks at its token.
    }

    private Task OrderAsync(Func<Task> give)
    {
        var order = give();
        Volatile.Write(ref _order, order);
        return order;
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

    /// <summary>What was read becomes what is known, unless the device was found anew meanwhile.</summary>
    private void Keep(SnmpPicture picture, Snapshot fresh, bool isWhole)
    {
        while (Volatile.Read(ref _picture) is { } current && current.Device == picture.Device)
        {
            var next = current.After(picture, fresh, isWhole);
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
