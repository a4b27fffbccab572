using Coravel.Invocable;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Storage;

namespace VmPowerManager.Events;

/// <summary>Deletes events older than 400 days, a thousand at a time, so that nobody waits long for the file.</summary>
internal sealed class EventRetentionJob(IDbContextFactory<AppDb> databases, TimeProvider time)
    : IInvocable,
        ICancellableInvocable
{
    private const int Chunk = 1000;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(400);

    public CancellationToken CancellationToken { get; set; }

    public async Task Invoke()
    {
        var limit = time.GetUtcNow() - Kept;
        await using var db = await databases.CreateDbContextAsync(CancellationToken);
        while (
            await db.Set<EventRow>()
                .Where(e => e.At < limit)
                .OrderBy(e => e.At)
                .Take(Chunk)
                .ExecuteDeleteAsync(CancellationToken) == Chunk
        ) { }
    }
}
