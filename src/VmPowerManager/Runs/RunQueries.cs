using Microsoft.EntityFrameworkCore;
using VmPowerManager.Core;
using VmPowerManager.Core.Engine;
using VmPowerManager.Storage;
using VmPowerManager.Ups.Outages;

namespace VmPowerManager.Runs;

/// <summary>Reads runs and plan states.</summary>
public sealed class RunQueries(PlanLoops loops, RunBook book, OutageBook outages, IDbContextFactory<AppDb> databases)
{
    private const int PageSize = 100;

    public async Task<RunView> RunAsync(int id, CancellationToken ct) => ViewOf(await RecordAsync(id, ct));

    private RunView ViewOf(RunRecord record) =>
        RunView.Of(
            record,
            loops.Find(record.PlanId) is { } loop
                ? [.. DebtView.Of(loop.View).Where(d => d.RunId == record.State.Id)]
                : [],
            outages
        );

    /// <summary>A run as the engine knows it: for screens.</summary>
    public async Task<RunRecord> RecordAsync(int id, CancellationToken ct)
    {
        if (book.Find(id) is { } known)
            return known;
        await using var db = await databases.CreateDbContextAsync(ct);
        var row = await db.Set<RunRow>().AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, ct);
        return row is not null && RunBook.Read(row) is { } record ? record : throw new NotFoundException($"Run {id}");
    }

    /// <summary>Newest first.</summary>
    public Page<RunView> Runs(int? planId, string? cursor)
    {
        var before = int.MaxValue;
        if (cursor is not null && !int.TryParse(cursor, out before))
            throw new InvalidInputException("cursor", "is not a cursor that this list gave out.");
        var found = book
            .Newest.Where(r => (planId is null || r.PlanId == planId) && r.State.Id < before)
            .Take(PageSize + 1)
            .ToList();
        var next =
            found.Count > PageSize
                ? found[PageSize - 1].State.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)
                : null;
        return new([.. found.Take(PageSize).Select(ViewOf)], next);
    }

    /// <summary>What a shutdown of the plan would act on now, in its order: the same list that a run begins with.</summary>
    public IReadOnlyList<StepState> Preview(int planId)
    {
        var view = View(planId);
        return StepList.Shutdown(view.Model, view.State);
    }

    public PlanStateView State(int planId) => PlanStateView.Of(View(planId));

    public ForecastView Forecast(int planId) => ForecastView.Of(View(planId));

    private PlanView View(int planId) => (loops.Find(planId) ?? throw new NotFoundException($"Plan {planId}")).View;
}
