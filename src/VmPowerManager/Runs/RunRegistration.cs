using VmPowerManager.Hosts;
using VmPowerManager.Plans;

namespace VmPowerManager.Runs;

public static class RunRegistration
{
    public static IServiceCollection AddRuns(this IServiceCollection services)
    {
        services.AddSingleton<Boot>();
        services.AddSingleton<RunBook>();
        services.AddSingleton<PlanScreens>();
        services.AddSingleton<JournalWriter>();
        services.AddSingleton<EffectExecutor>();
        services.AddSingleton<HostPolls>();
        services.AddSingleton<PlanLoopServices>();
        services.AddSingleton<PlanLoops>();
        services.AddSingleton<IPlanUse>(s => s.GetRequiredService<PlanLoops>());
        services.AddSingleton<ITargetOwner>(s => s.GetRequiredService<PlanLoops>());
        services.AddHostedService(s => s.GetRequiredService<PlanLoops>());
        services.AddSingleton<RunQueries>();
        services.AddSingleton<RunCommands>();
        services.AddSingleton<MaintenanceCommands>();
        return services;
    }
}
