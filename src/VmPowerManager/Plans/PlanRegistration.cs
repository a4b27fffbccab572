using VmPowerManager.Components;
using VmPowerManager.Plans.Learning;
using VmPowerManager.Plans.Requests;
using VmPowerManager.Ups;
using VmPowerManager.Ups.Canaries;

namespace VmPowerManager.Plans;

public static class PlanRegistration
{
    public static IServiceCollection AddPlans(this IServiceCollection services)
    {
        services.AddSingleton(p => SiteZone.From(p.GetRequiredService<IConfiguration>()));
        services.AddSingleton<PlanDirectory>();
        services.AddSingleton<DurationDirectory>();
        services.AddSingleton<DurationQueries>();
        services.AddSingleton<DurationCommands>();
        services.AddSingleton<PlanModels>();
        services.AddSingleton<PlanLock>();
        services.AddSingleton<RequestSecrets>();
        services.AddSingleton<RequestSender>();
        services.AddSingleton<RequestCommands>();
        services.AddSingleton<PlanCommands>();
        services.AddSingleton<PlanQueries>();
        services.AddSingleton<IUpsUse, PlansUsingUpses>();
        services.AddSingleton<ICanaryUse, PlansUsingCanaries>();
        return services;
    }
}

/// <summary>Keeps a UPS that a plan names from being deleted.</summary>
internal sealed class PlansUsingUpses(PlanDirectory plans) : IUpsUse
{
    public Task<string?> WhoUsesAsync(int upsId, CancellationToken ct)
    {
        var plan = plans.Plans.FirstOrDefault(p => p.Definition.UpsIds.Contains(upsId));
        return Task.FromResult(plan is null ? null : $"plan {plan.Definition.Name}");
    }
}

/// <summary>Keeps a canary that a plan listens to from being deleted.</summary>
internal sealed class PlansUsingCanaries(PlanDirectory plans) : ICanaryUse
{
    public string? WhoUses(int canaryId) =>
        plans.Plans.FirstOrDefault(p => p.Definition.Canaries.Contains(canaryId)) is { } plan
            ? $"plan {plan.Definition.Name}"
            : null;
}
