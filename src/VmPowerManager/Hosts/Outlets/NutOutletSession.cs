using System.Globalization;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Nut;

namespace VmPowerManager.Hosts.Outlets;

/// <summary>One conversation with a NUT server about the outlets of one machine.</summary>
internal sealed class NutOutletSession(NutClient client, NutEndpoint endpoint, string device, TimeProvider time)
    : IAsyncDisposable
{
    /// <summary>Drivers that talk to a device over a network answer within a second or two.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public string Device => device;

    /// <exception cref="DeviceException">With the step's own words.</exception>
    public static async Task<NutOutletSession> OpenAsync(
        NutEndpoint endpoint,
        string? device,
        TimeProvider time,
        CancellationToken ct
    )
    {
        var client = await NutClient.OpenAsync(endpoint, time, lastGood: null, ct);
        try
        {
            return new(client, endpoint, device ?? await OnlyDeviceAsync(client, endpoint, ct), time);
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>For each outlet whether it says off; any other word is not off.</summary>
    /// <exception cref="DeviceException">Unsupported: it tells nothing of one.</exception>
    public async Task<IReadOnlyList<bool>> OffAsync(IReadOnlyList<int> outlets, CancellationToken ct)
    {
        var off = new List<bool>();
        foreach (var outlet in outlets)
        {
            var name = NutOutletNames.Status(outlet);
            var status =
                await AskAsync(() => client.GetVariableAsync(device, name, ct))
                ?? throw new DeviceException(DeviceFault.Unsupported, $"{device} at {endpoint} does not tell {name}.");
            off.Add(status.Trim().Equals(NutOutletNames.Word(false), StringComparison.OrdinalIgnoreCase));
        }
        return off;
    }

    /// <summary>How each outlet would be switched; null: not at all.</summary>
    public async Task<IReadOnlyList<string?>> WaysAsync(IReadOnlyList<int> outlets, bool on, CancellationToken ct)
    {
        var commands = await AskAsync(() => client.ListCommandsAsync(device, ct));
        var writable = await AskAsync(() => client.ListWritableAsync(device, ct));
        return
        [
            .. outlets.Select(o =>
                commands.Contains(NutOutletNames.Load(o, on))
                    ? NutOutletNames.Load(o, on)
                    : NutOutletNames.Settable(o).FirstOrDefault(name => writable.Any(w => w.Name == name))
            ),
        ];
    }

    /// <summary>Returning means that the driver took it, nothing more.</summary>
    /// <exception cref="DeviceException">Unsupported: the driver cannot switch one; or the server's own words.</exception>
    /// <param name="echoing">Told before and after where statuses may be nothing but what was set, and for how long: a driver that
    /// lets a status be set serves it at once, and asks the device at its next poll.</param>
    public async Task SwitchAsync(IReadOnlyList<int> outlets, bool on, Action<TimeSpan> echoing, CancellationToken ct)
    {
        var ways = await WaysAsync(outlets, on, ct);
        var echoes = ways.Where((way, i) => way == NutOutletNames.Status(outlets[i])).Any();
        var echo = echoes ? await PollAsync(ct) : TimeSpan.Zero;
        if (echoes)
            echoing(echo);
        for (var i = 0; i < outlets.Count; i++)
        {
            var way =
                ways[i]
                ?? throw new DeviceException(
                    DeviceFault.Unsupported,
                    $"The driver of {device} at {endpoint} offers no {NutOutletNames.Load(outlets[i], on)}, and "
                        + $"neither {string.Join(" nor ", NutOutletNames.Settable(outlets[i]))} may be set."
                );
            var receipt = await AskAsync(() =>
                NutOutletNames.Settable(outlets[i]).Contains(way)
                    ? client.SetVariableAsync(device, way, NutOutletNames.Word(on), ct)
                    : client.RunCommandAsync(device, way, null, ct)
            );
            if (receipt is not null)
                await DoneAsync(way, receipt, ct);
        }
        if (echoes)
            echoing(echo);
    }

    /// <summary>Within this time the driver has asked its device anew.</summary>
    private async Task<TimeSpan> PollAsync(CancellationToken ct)
    {
        var seconds = 2.0;
        // NUT's own defaults where the server does not tell.
        foreach (var (name, usual) in new[] { ("pollfreq", 30), ("pollinterval", 2) })
            seconds += double.TryParse(
                await AskAsync(() => client.GetVariableAsync(device, $"driver.parameter.{name}", ct)),
                CultureInfo.InvariantCulture,
                out var told
            )
                ? Math.Clamp(told, 0, 3600)
                : usual;
        return TimeSpan.FromSeconds(seconds);
    }

    /// <summary>Whether user and password are good for more than reading.</summary>
    public Task<NutCredential> MayAsync(CancellationToken ct) =>
        AskAsync(() => client.CheckCredentialsAsync(device, ct));

    public ValueTask DisposeAsync() => client.DisposeAsync();

    /// <summary>upsd's OK says that the order was passed on; this is what the driver made of it.</summary>
    private async Task DoneAsync(string way, string receipt, CancellationToken ct)
    {
        try
        {
            for (var began = time.GetTimestamp(); time.GetElapsedTime(began) < Patience; )
            {
                if (await client.GetProgressAsync(receipt, ct) != NutProgress.Pending)
                    return;
                await Task.Delay(Pause, time, ct);
            }
        }
        catch (DeviceException e) when (e.Fault == DeviceFault.Refused)
        {
            throw new DeviceException(DeviceFault.Refused, $"{way} was accepted, but then: {e.Message}", e);
        }
    }

    private static async Task<string> OnlyDeviceAsync(NutClient client, NutEndpoint endpoint, CancellationToken ct) =>
        await client.ListUpsAsync(ct) switch
        {
            [var only] => only.Name,
            [] => throw new DeviceException(DeviceFault.Unsupported, $"{endpoint} has no device."),
            var several => throw new DeviceException(
                DeviceFault.Refused,
                $"{endpoint} has several devices, name one (rackpdu:5): {string.Join(", ", several.Take(20).Select(d => d.Name))}"
            ),
        };

    private async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (NutDataStaleException e)
        {
            throw new DeviceException(DeviceFault.Refused, $"{endpoint} has lost {device}: {e.Message}", e);
        }
    }
}
