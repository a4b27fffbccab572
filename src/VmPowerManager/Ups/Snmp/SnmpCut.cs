using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Ups.Snmp;

/// <summary>Cuts the output so that it comes back whatever mains does, by the recipe of the richest dialect that has one,
/// and reads the countdowns back.</summary>
internal sealed class SnmpCut(SnmpWriter writer)
{
    public async Task<UpsCutAbility?> FindAsync(CancellationToken ct)
    {
        foreach (var recipe in writer.Device.Dialects.Select(d => d.Cut).OfType<CutRecipe>())
        {
            var (delayed, atOnce) = await OffersAsync(recipe, ct);
            if (delayed || atOnce)
                return new UpsCutAbility(
                    recipe.Command,
                    delayed ? recipe.LongestDelay : TimeSpan.Zero,
                    delayed && recipe.CanAbort
                );
        }
        return null;
    }

    public async Task CutAsync(TimeSpan delay, CancellationToken ct)
    {
        var seconds = (int)Math.Ceiling(delay.TotalSeconds);
        foreach (var recipe in writer.Device.Dialects.Select(d => d.Cut).OfType<CutRecipe>())
        {
            var (delayed, atOnce) = await OffersAsync(recipe, ct);
            if (seconds > 0 && delayed && delay <= recipe.LongestDelay)
            {
                await DelayedAsync(recipe, seconds, ct);
                return;
            }
            if (seconds <= 0 && atOnce)
            {
                foreach (var pdu in recipe.AtOnce.Pdus)
                    await writer.PutAsync(pdu, 0, ct);
                return;
            }
        }
        throw new DeviceException(DeviceFault.Unsupported, $"The device has no safe cut with a delay of {seconds} s.");
    }

    public async Task AbortAsync(CancellationToken ct)
    {
        foreach (var recipe in writer.Device.Dialects.Select(d => d.Cut).OfType<CutRecipe>())
        {
            // The one that a cut goes by: to take back another would leave this one running.
            if (await OffersAsync(recipe, ct) is (false, false))
                continue;
            if (recipe.Abort is not { } abort)
                throw new DeviceException(DeviceFault.Unsupported, $"{recipe.Command} cannot be taken back.");
            foreach (var pdu in abort.Pdus)
                await writer.PutAsync(pdu, 0, ct);
            return;
        }
        throw new DeviceException(DeviceFault.Unsupported, "What this device has cannot be taken back.");
    }

    private async Task<(bool Delayed, bool AtOnce)> OffersAsync(CutRecipe recipe, CancellationToken ct)
    {
        var (delayed, atOnce) = (Objects(recipe.Delayed), Objects(recipe.AtOnce));
        var there = await writer.GetAsync([.. delayed.Union(atOnce)], ct);
        return (delayed.All(there.ContainsKey), atOnce.All(there.ContainsKey));
    }

    private static HashSet<Oid> Objects(SnmpCommand command) => [.. command.Pdus.SelectMany(p => p).Select(p => p.At)];

    private async Task DelayedAsync(CutRecipe recipe, int seconds, CancellationToken ct)
    {
        var pdus = recipe.Delayed.Pdus;
        try
        {
            foreach (var pdu in pdus.SkipLast(1))
                await writer.PutAsync(pdu, seconds, ct);
            await ThrowIfShorterAsync(recipe, seconds, ct);
            await writer.PutAsync(pdus[^1], seconds, ct);
            await ThrowIfIdleAsync(recipe, ct);
        }
        catch (Exception e) when (recipe.Abort is not null && e is DeviceException or OperationCanceledException)
        {
            // Half an order would cut and not come back: taken back also where nobody waits any more.
            await writer.TryRunAsync(recipe.Abort);
            throw;
        }
    }

    /// <summary>A device that has no such delay takes its next longer one; a shorter one would cut too early.</summary>
    private async Task ThrowIfShorterAsync(CutRecipe recipe, int seconds, CancellationToken ct)
    {
        var told = Snapshot.Of(await writer.GetAsync([.. recipe.SettingOids], ct));
        foreach (var at in recipe.SettingOids)
        {
            if (told.Number(at) is { } ticks && ticks < seconds * 100.0)
                throw new DeviceException(
                    DeviceFault.Refused,
                    $"The device waits {ticks / 100} s only, not {seconds} s: nothing was cut."
                );
        }
    }

    private async Task ThrowIfIdleAsync(CutRecipe recipe, CancellationToken ct)
    {
        var told = Snapshot.Of(await writer.GetAsync([.. recipe.TimerOids], ct));
        foreach (var at in recipe.TimerOids)
        {
            if (told.Number(at) is <= 0)
                throw new DeviceException(
                    DeviceFault.Refused,
                    $"The device took the order, but its countdown does not run ({at} is {told.Number(at)})."
                );
        }
    }
}
