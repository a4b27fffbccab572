using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Accounts;
using VmPowerManager.Core;
using VmPowerManager.Events;
using VmPowerManager.Storage;

namespace VmPowerManager.Notifications;

/// <summary>What a person does with messages.</summary>
internal sealed class DeliveryCommands(
    IDbContextFactory<AppDb> databases,
    DeliveryBook book,
    DeliveryStore store,
    NotificationWorkers workers,
    EventLog events,
    TimeProvider time
)
{
    /// <summary>Tries now, also what was given up; its day begins anew.</summary>
    /// <exception cref="NotFoundException">Nothing has that id.</exception>
    /// <exception cref="ConflictException">It is delivered, or on its way.</exception>
    public async Task RetryAsync(ClaimsPrincipal actor, long id, CancellationToken ct)
    {
        Access.Demand(actor, Role.Operator);
        var delivery = book.Find(id) ?? await LoadAsync(id, ct);
        if (delivery.State == DeliveryState.Delivered)
            throw new ConflictException("It was delivered already.");
        if (delivery.State == DeliveryState.Sending)
            throw new ConflictException("It is being sent now.");
        var revived = book.Revive(
            delivery with
            {
                State = DeliveryState.Pending,
                NextTryAt = time.GetUtcNow(),
                NotBefore = TimeSpan.Zero,
                Since = time.Elapsed(),
            }
        );
        if (!revived)
            throw new ConflictException("It is being sent now.");
        events.Append(
            new NewEvent(
                NotificationEvents.Prefix + "retried",
                Severity.Info,
                "system",
                $"A notification of {delivery.EventType} is tried again, as a person asked."
            )
            {
                Actor = Access.Name(actor),
                Data = new { channelId = delivery.ChannelId, deliveryId = id },
            }
        );
        workers.Hurry(delivery.ChannelId);
    }

    private async Task<Delivery> LoadAsync(long id, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var row = await db.Set<DeliveryRow>().AsNoTracking().SingleOrDefaultAsync(d => d.Id == id, ct);
        return row is null ? throw new NotFoundException($"Delivery {id}") : store.Read(row);
    }
}
