using VmPowerManager.Core;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Nut;

namespace VmPowerManager.Ups.Nut;

/// <summary>Tells a UPS to do something, and waits for what becomes of it: upsd's OK only means that it was passed on. Servers
/// before 2.8.0 cannot tell more.</summary>
internal sealed class NutOrders(NutSettings settings, NutLease lease, TimeProvider time)
{
    /// <summary>Most drivers answer at once; one that polls a slow device answers after that.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    /// <exception cref="DeviceException">The server's own words, or the device's.</exception>
    /// <exception cref="NutDataStaleException">The server has lost the UPS.</exception>
    public async Task<UpsCommandOutcome> RunAsync(string command, string? value, CancellationToken ct) =>
        await OutcomeAsync(
            command,
            await lease.WriteAsync((c, limited) => c.RunCommandAsync(settings.UpsName, command, value, limited), ct),
            ct
        );

    /// <exception cref="DeviceException">The server's own words, or the device's.</exception>
    /// <exception cref="NutDataStaleException">The server has lost the UPS.</exception>
    public async Task<UpsCommandOutcome> SetAsync(string variable, string value, CancellationToken ct) =>
        await OutcomeAsync(
            variable,
            await lease.WriteAsync((c, limited) => c.SetVariableAsync(settings.UpsName, variable, value, limited), ct),
            ct
        );

    private async Task<UpsCommandOutcome> OutcomeAsync(string what, string? receipt, CancellationToken ct)
    {
        if (receipt is null)
            return UpsCommandOutcome.Accepted;
        var began = time.Elapsed();
        for (var pause = FirstPause; time.Elapsed() - began < Patience; pause = Longer(pause))
        {
            var progress = await ProgressAsync(what, receipt, ct);
            if (progress == NutProgress.Done)
                return UpsCommandOutcome.Done;
            if (progress == NutProgress.Unknown)
                return UpsCommandOutcome.Accepted;
            await Task.Delay(pause, time, ct);
        }
        return UpsCommandOutcome.Accepted;
    }

    private async Task<NutProgress> ProgressAsync(string what, string receipt, CancellationToken ct)
    {
        try
        {
            // A turn for each question: status reads go between.
            return await lease.ReadAsync((client, limited) => client.GetProgressAsync(receipt, limited), ct);
        }
        catch (DeviceException e) when (e.Fault == DeviceFault.Refused)
        {
            throw new DeviceException(DeviceFault.Refused, $"{what} was accepted, but then: {e.Message}", e);
        }
        catch (DeviceException)
        {
            // The order itself was taken; what broke is only the question after it.
            return NutProgress.Unknown;
        }
    }

    private static TimeSpan Longer(TimeSpan pause) => TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
}
