using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Accounts;
using VmPowerManager.Core;
using VmPowerManager.Events;
using VmPowerManager.Storage;

namespace VmPowerManager.Hosts;

/// <summary>What people decide about guests; everything else of a guest comes from its platform.</summary>
internal sealed class GuestCommands(IDbContextFactory<AppDb> database, HostMonitor monitor, EventLog events)
{
    public const int MostPriority = 1000;

    /// <summary>Gives a guest a priority: lower ones are sacrificed first when time is short (POLICY C7).</summary>
    /// <exception cref="RefusalException">Forbidden, unknown, or out of range.</exception>
    public async Task PrioritiseAsync(ClaimsPrincipal actor, int guestId, int? priority, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        if (priority is not { } wanted || wanted is < 0 or > MostPriority)
            throw new InvalidInputException("priority", $"From 0 to {MostPriority}.");
        var guest =
            monitor.Picture.Guests.FirstOrDefault(g => g.Id == guestId)
            ?? throw new NotFoundException($"Guest {guestId}");
        if (guest.Priority == wanted)
            return;
        await using var db = await database.CreateDbContextAsync(ct);
        var changed = await db.Set<GuestRow>()
            .Where(g => g.Id == guestId)
            .ExecuteUpdateAsync(g => g.SetProperty(r => r.Priority, wanted), ct);
        if (changed == 0)
            throw new NotFoundException($"Guest {guestId}");
        monitor.Prioritise(guest, wanted);
        events.Append(
            new NewEvent("guest.updated", Severity.Info, guest.Name, $"{guest.Name} has priority {wanted} now.")
            {
                Actor = Access.Name(actor),
                HostId = guest.HostId,
                Data = new
                {
                    guestId,
                    from = guest.Priority,
                    to = wanted,
                },
            }
        );
    }
}
