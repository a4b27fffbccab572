using Microsoft.EntityFrameworkCore;
using VmPowerManager.Events;
using VmPowerManager.Hosts;
using VmPowerManager.Storage;
using VmPowerManager.Ups;

namespace VmPowerManager.Tests.Plans;

/// <summary>What an editor sees in a test: nothing of it changes by itself.</summary>
internal static class StillWorld
{
    /// <summary>To the one host, once its first poll has found nobody: the next is a minute away.</summary>
    public static async Task AddGuestsAsync(RunningApp app, params string[] names)
    {
        await Soon.BecomesTrueAsync(
            () => Task.FromResult(app.Get<HostMonitor>().Hosts is [{ Fault: not null }]),
            "nobody answers for the host"
        );
        await using var db = await app.Get<IDbContextFactory<AppDb>>().CreateDbContextAsync();
        var guests = names.Select((n, i) => PlanSuggestionTests.Guest(i + 1, n)).ToList();
        db.AddRange(
            guests.Select(g => new GuestRow
            {
                Id = g.Id ?? 0,
                HostId = 1,
                Realm = g.Realm,
                ExternalId = g.ExternalId,
                Name = g.Name,
            })
        );
        await db.SaveChangesAsync();
        app.Get<HostMonitor>().Screens.Update(p => p.Remembered(guests));
    }

    /// <summary>The UPS as it is now: when its polls find nobody, the editor renders, and an element that a test has just
    /// found is another one.</summary>
    public static UpsScreens Of(UpsScreens live)
    {
        var still = new UpsScreens(new LiveStream(), TimeProvider.System);
        still.All.Set(live.All.Value);
        return still;
    }
}
