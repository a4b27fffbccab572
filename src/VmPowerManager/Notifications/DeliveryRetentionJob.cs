using Coravel.Invocable;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Storage;

namespace VmPowerManager.Notifications;

/// <summary>Deletes messages that are over and older than 90 days, five hundred at a time, so that nobody waits long for
/// the file.</summary>
internal sealed class DeliveryRetentionJob(IDbContextFactory<AppDb> databases, TimeProvider time)
    : IInvocable,
        ICancellableInvocable
{
    private const int Chunk = 500;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(90);
    private static readonly DeliveryState[] Over = [DeliveryState.Delivered, DeliveryState.GivenUp];

    public CancellationToken CancellationToken { get; set; }

    public async Task Invoke()
    {
        var limit = time.GetUtcNow() - Kept;
        await using var db = await databases.CreateDbContextAsync(CancellationToken);
        while (
            await db.Set<DeliveryRow>()
                .Where(d => d.CreatedAt < limit && Over.Contains(d.State))
                .OrderBy(d => d.CreatedAt)
                .Take(Chunk)
                .ExecuteDeleteAsync(CancellationToken) == Chunk
        ) { }
    }
}
