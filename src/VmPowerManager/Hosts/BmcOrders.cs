using VmPowerManager.Protocols;

namespace VmPowerManager.Hosts;

/// <summary>Orders to a management controller, each verified by the state that it tells afterwards: controllers accept what
/// they do not do (POLICY C3).</summary>
internal sealed class BmcOrders(TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a controller may take to say that a machine has power.</summary>
    private static readonly TimeSpan OnWithin = TimeSpan.FromSeconds(10);

    /// <summary>After so long without mains a supply has lost its standby power too, as a rule.</summary>
    private static readonly TimeSpan Empty = TimeSpan.FromSeconds(6);

    /// <summary>Gives power. A machine that has it is left alone: it may be booting.</summary>
    /// <exception cref="DeviceException">Refused: accepted, and nothing came of it.</exception>
    public async Task<string> WakeAsync(IBmc bmc, WakeDevice host, CancellationToken ct)
    {
        if (await StateAsync(bmc, host, BmcPower.PoweringOff, ct) is BmcPower.On or BmcPower.PoweringOn)
            return "its controller says that it has power already: nothing was asked";
        await bmc.SwitchAsync(host, BmcVerb.On, ct);
        var began = time.GetTimestamp();
        while (await PowerAsync(bmc, host, ct) is BmcPower.Off)
        {
            if (time.GetElapsedTime(began) >= OnWithin)
                throw new DeviceException(
                    DeviceFault.Refused,
                    $"its controller accepted the order, and still says that it is off after {OnWithin.TotalSeconds:0} s"
                );
            await Task.Delay(Pause, time, ct);
        }
        return "its controller gave it power";
    }

    /// <summary>Takes power from a machine that is down, and gives it again when its supplies have run empty: firmware starts
    /// a machine when power returns, not while it lasts. Once power was taken it is given again, whatever happens.</summary>
    /// <exception cref="DeviceException">One of them did not do as told.</exception>
    public async Task<string> CycleAsync(IReadOnlyList<(IBmc Bmc, WakeDevice Device)> outlets, CancellationToken ct)
    {
        Task given;
        try
        {
            await Task.WhenAll(outlets.Select(o => OffAsync(o.Bmc, o.Device, () => { }, ct)));
            await Task.Delay(Empty, time, ct);
        }
        finally
        {
            given = GiveAsync(outlets);
        }
        await given.WaitAsync(ct);
        return "its power was taken and given again; the machine starts if its firmware does so when power returns";
    }

    private async Task GiveAsync(IReadOnlyList<(IBmc Bmc, WakeDevice Device)> outlets)
    {
        using var limit = new CancellationTokenSource(OnWithin * 3, time);
        await Task.WhenAll(outlets.Select(o => WakeAsync(o.Bmc, o.Device, limit.Token)));
    }

    /// <summary>Takes power, and returns when the controller says that it is gone.</summary>
    /// <param name="accepted">Told once the controller accepted: from then on only its state is waited for.</param>
    public async Task OffAsync(IBmc bmc, WakeDevice host, Action accepted, CancellationToken ct)
    {
        var state = await PowerAsync(bmc, host, ct);
        if (state == BmcPower.Off)
            return;
        await bmc.SwitchAsync(host, BmcVerb.HardOff, ct);
        accepted();
        while (await PowerAsync(bmc, host, ct) != BmcPower.Off)
            await Task.Delay(Pause, time, ct);
    }

    /// <summary>Once it is not that any more.</summary>
    private async Task<BmcPower> StateAsync(IBmc bmc, WakeDevice host, BmcPower passing, CancellationToken ct)
    {
        BmcPower power;
        while ((power = await PowerAsync(bmc, host, ct)) == passing)
            await Task.Delay(Pause, time, ct);
        return power;
    }

    private static async Task<BmcPower> PowerAsync(IBmc bmc, WakeDevice host, CancellationToken ct) =>
        (await bmc.StateAsync(host, ct)).Power;
}
