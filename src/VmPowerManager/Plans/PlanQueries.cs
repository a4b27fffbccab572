using VmPowerManager.Core.Plans;
using VmPowerManager.Hosts;
using VmPowerManager.Ups;
using VmPowerManager.Ups.Canaries;

namespace VmPowerManager.Plans;

/// <summary>Reads plans, and says of one that is not stored yet what storing or arming it would say.</summary>
internal sealed class PlanQueries(
    PlanDirectory directory,
    PlanModels models,
    IUpsFeed upses,
    IHostFeed hosts,
    IEnumerable<IPlanUse> uses,
    CanaryFeed? canaries = null
)
{
    public PlanEntry? Find(int id) => directory.Find(id);

    /// <summary>A first plan for what is configured.</summary>
    public PlanDefinition Suggest(SuggestedNames names) =>
        PlanSuggestion.Of(upses.Policies, hosts.Hosts, names, hosts.ManagerPlace);

    /// <summary>As a file for another installation.</summary>
    public string Export(PlanDefinition plan) => PlanFile.Write(plan, upses.Policies, hosts.Hosts, Canaries);

    /// <exception cref="VmPowerManager.Core.InvalidInputException">The text is no plan.</exception>
    public PlanFile.Imported Import(string text) => PlanFile.Read(text, upses.Policies, hosts.Hosts, Canaries);

    private List<Canary> Canaries => [.. (canaries?.All.Value.Values ?? []).Select(p => p.Canary)];

    /// <summary>Who uses the plan now, in words, or null (F3).</summary>
    public string? WhoUses(int id) => uses.Select(u => u.WhoUses(id)).FirstOrDefault(u => u is not null);

    /// <summary>What is wrong with a definition: the same checks as <see cref="PlanCommands"/> makes, gravest first.</summary>
    /// <param name="id">The plan that it would become; 0: a new one.</param>
    public IReadOnlyList<PlanFinding> Findings(int id, PlanDefinition definition)
    {
        var invalid = PlanValidation
            .Errors(definition)
            .SelectMany(e => e.Value.Select(text => new PlanFinding("invalid", FindingLevel.Saving, e.Key, text)));
        var model = models.Of(id, 0, false, definition);
        var found = models.Problems(model).Select(p => new PlanFinding(p.Code, LevelOf(p), p.Field, p.Said));
        return [.. invalid.Concat(found).Concat(Owned(id, model)).OrderByDescending(f => f.Level)];
    }

    private static FindingLevel LevelOf(PlanProblem problem) =>
        !problem.IsError ? FindingLevel.Remark
        : PlanCommands.ForbidsSaving(problem) ? FindingLevel.Saving
        : FindingLevel.Arming;

    private IEnumerable<PlanFinding> Owned(int id, PlanModel model) =>
        directory
            .Plans.Where(p => p.Armed && p.Id != id)
            .SelectMany(other =>
                PlanOverlap
                    .Find(model, models.Of(other))
                    .Select(o => new PlanFinding(
                        "owned",
                        FindingLevel.Arming,
                        o.Field,
                        PlanCommands.OwnedText(o.Name, other)
                    ))
            );
}
