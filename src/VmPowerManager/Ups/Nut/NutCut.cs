using System.Globalization;
using VmPowerManager.Core;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Nut;

namespace VmPowerManager.Ups.Nut;

/// <summary><c>shutdown.return</c>: off after ups.delay.shutdown, on again ups.delay.start after mains is there; on mains it
/// power-cycles, which is what keeps a load from staying dark when mains comes back in between (NUT: docs/nut-names.txt).</summary>
internal sealed class NutCut(
    NutSettings settings,
    NutLease lease,
    NutOrders orders,
    NutWritables writables,
    TimeProvider time
)
{
    private const string Return = "shutdown.return";
    private const string Stop = "shutdown.stop";
    private const string ShutdownDelay = "ups.delay.shutdown";
    private const string StartDelay = "ups.delay.start";
    private const string ShutdownTimer = "ups.timer.shutdown";

    /// <summary>What is asked of a device that does not say how long it can wait.</summary>
    private static readonly TimeSpan UnboundedDelay = TimeSpan.FromMinutes(10);

    /// <summary>NUT's own distance between the two delays. Several drivers count both from the order: a start before the
    /// shutdown would be no cut, or one that never ends.</summary>
    private const double StartAfterShutdownSeconds = 10;

    private static readonly TimeSpan ReadBackPause = TimeSpan.FromMilliseconds(250);

    /// <exception cref="DeviceException">The server's own words.</exception>
    /// <exception cref="NutDataStaleException">The server has lost the UPS.</exception>
    public async Task<UpsCutAbility?> FindAsync(CancellationToken ct)
    {
        var commands = await CommandsAsync(ct);
        return commands.Contains(Return)
            ? new UpsCutAbility(Return, await LongestDelayAsync(ct), commands.Contains(Stop))
            : null;
    }

    /// <exception cref="DeviceException">Refused, not supported, or no answer.</exception>
    /// <exception cref="NutDataStaleException">The server has lost the UPS.</exception>
    public async Task CutAsync(TimeSpan delay, CancellationToken ct)
    {
        var ability =
            await FindAsync(ct)
            ?? throw new DeviceException(DeviceFault.Unsupported, $"The device offers no {Return}.");
        if (delay > ability.LongestDelay)
            throw new DeviceException(
                DeviceFault.Refused,
                $"The device waits at most {ability.LongestDelay.TotalSeconds:0} s before it switches off."
            );
        await SetDelaysAsync(delay, ct);
        if (await orders.RunAsync(Return, null, ct) == UpsCommandOutcome.Accepted)
            await ConfirmAsync(ct);
    }

    /// <exception cref="DeviceException">Refused, or the device cannot.</exception>
    /// <exception cref="NutDataStaleException">The server has lost the UPS.</exception>
    public async Task AbortAsync(CancellationToken ct)
    {
        if (!(await CommandsAsync(ct)).Contains(Stop))
            throw new DeviceException(DeviceFault.Unsupported, $"The device offers no {Stop}.");
        await orders.RunAsync(Stop, null, ct);
    }

    private async Task<HashSet<string>> CommandsAsync(CancellationToken ct) =>
        new(
            await lease.ReadAsync((client, limited) => client.ListCommandsAsync(settings.UpsName, limited), ct),
            StringComparer.OrdinalIgnoreCase
        );

    private async Task<TimeSpan> LongestDelayAsync(CancellationToken ct)
    {
        if (await writables.FindAsync(ShutdownDelay, ct) is not { } writable)
            return TimeSpan.FromSeconds(Math.Max(0, await NumberAsync(ShutdownDelay, ct) ?? 0));
        double[] most =
        [
            .. writable.Choices.Select(UpsWritable.NumberOf).OfType<double>(),
            .. writable.Bounds.Select(b => b.Most),
        ];
        return most.Length == 0 ? UnboundedDelay : TimeSpan.FromSeconds(Math.Clamp(most.Max(), 0, 24 * 3600));
    }

    /// <summary>Sets what may be set and is not as it must be. A cut without delay leaves the device's own, which somebody
    /// chose or which is its least.</summary>
    private async Task SetDelaysAsync(TimeSpan delay, CancellationToken ct)
    {
        var shutdown = await writables.FindAsync(ShutdownDelay, ct);
        var seconds = shutdown?.Number ?? await NumberAsync(ShutdownDelay, ct) ?? 0;
        if (shutdown is not null && (delay > TimeSpan.Zero || seconds < 0))
        {
            var wanted = Allowed(shutdown, Math.Ceiling(delay.TotalSeconds));
            // The delay is not above the longest one.
            seconds = await SetAsync(shutdown, wanted ?? seconds, ct);
        }
        if (await writables.FindAsync(StartDelay, ct) is not { } start || start.Number > seconds)
            return;
        // One that cannot be that long belongs to a driver that counts it from the return of mains.
        if (Allowed(start, seconds + StartAfterShutdownSeconds) is { } later)
            await SetAsync(start, later, ct);
    }

    /// <summary>The smallest value that is allowed and not below <paramref name="wanted"/>.</summary>
    private static double? Allowed(UpsWritable variable, double wanted)
    {
        if (variable.Choices.Count > 0)
            return variable.Choices.Select(UpsWritable.NumberOf).Where(choice => choice >= wanted).Min();
        if (variable.Bounds.Count > 0)
            return variable.Bounds.Where(b => b.Most >= wanted).Select(b => (double?)Math.Max(b.Least, wanted)).Min();
        return wanted;
    }

    /// <summary>Sets a number of seconds and reads it back.</summary>
    /// <returns>What the device says then: it may round up.</returns>
    private async Task<double> SetAsync(UpsWritable variable, double seconds, CancellationToken ct)
    {
        if (variable.Number is { } now && now.Equals(seconds))
            return now;
        var seen = await TrySetAsync(variable, seconds, ct);
        // Some count whole minutes, and cut off the rest without a word (nutdrv_qx).
        var minutes = Math.Ceiling(seconds / 60) * 60;
        if (seen < seconds && minutes > seconds && Allowed(variable, minutes) is { } longer)
            seen = await TrySetAsync(variable with { Value = "" }, longer, ct);
        return seen >= seconds
            ? seen.Value
            : throw new DeviceException(
                DeviceFault.Refused,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{variable.Name} was set to {seconds:0}, but the device says {seen?.ToString("0.##", CultureInfo.InvariantCulture) ?? "nothing"}."
                )
            );
    }

    private async Task<double?> TrySetAsync(UpsWritable variable, double seconds, CancellationToken ct)
    {
        // A choice is written as the device writes it.
        var text =
            variable.Choices.FirstOrDefault(choice => UpsWritable.NumberOf(choice) is { } c && c.Equals(seconds))
            ?? seconds.ToString("0", CultureInfo.InvariantCulture);
        await orders.SetAsync(variable.Name, text, ct);
        var before = variable.Number;
        return await ReadAsync(
            variable.Name,
            value => value.Equals(seconds) || (before is not null && value != before),
            ct
        );
    }

    /// <summary>Where nobody says that it was done, the running timer does.</summary>
    private async Task ConfirmAsync(CancellationToken ct)
    {
        double? seen;
        try
        {
            seen = await ReadAsync(ShutdownTimer, value => value >= 0, ct);
        }
        catch (Exception e) when (e is NutDataStaleException or DeviceException)
        {
            // It was taken, and what told of it may have lost its power by it.
            return;
        }
        if (seen < 0)
            throw new DeviceException(
                DeviceFault.Timeout,
                $"{Return} was accepted, but {ShutdownTimer} does not run: what became of it is not known."
            );
    }

    /// <summary>Reads a number until it is as expected, at most for the patience of an order; null: the device has none.</summary>
    private async Task<double?> ReadAsync(string name, Func<double, bool> isExpected, CancellationToken ct)
    {
        var began = time.Elapsed();
        while (true)
        {
            var seen = await NumberAsync(name, ct);
            if (seen is null || isExpected(seen.Value) || time.Elapsed() - began >= NutOrders.Patience)
                return seen;
            await Task.Delay(ReadBackPause, time, ct);
        }
    }

    private async Task<double?> NumberAsync(string name, CancellationToken ct)
    {
        var text = await lease.ReadAsync(
            (client, limited) => client.GetVariableAsync(settings.UpsName, name, limited),
            ct
        );
        return text is null ? null : UpsWritable.NumberOf(text);
    }
}
