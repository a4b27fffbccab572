using Coravel;
using VmPowerManager.Hosts;
using VmPowerManager.Plans;
using VmPowerManager.Runs.Learning;
using VmPowerManager.Runs.Scenarios;

namespace VmPowerManager.Runs;

public static partial class RunRegistration
{
    public static IServiceCollection AddRuns(this IServiceCollection services)
    {
        services.AddSingleton<Boot>();
        services.AddSingleton<RunBook>();
        services.AddSingleton<PlanScreens>();
        services.AddSingleton<JournalWriter>();
        services.AddSingleton<EffectProbe>();
        services.AddSingleton<UpsEffects>();
        services.AddSingleton<EffectExecutor>();
        services.AddSingleton<HostPolls>();
        services.AddSingleton<ScenarioStore>();
        services.AddHostedService(s => s.GetRequiredService<ScenarioStore>()); // before the plans: they go on with it
        services.AddSingleton<ScenarioRecorders>();
        services.AddSingleton<ScenarioQueries>();
        services.AddSingleton<ScenarioCommands>();
        services.AddSingleton<RunLessons>();
        services.AddHostedService(s => s.GetRequiredService<RunLessons>());
        services.AddSingleton<PlanLoopServices>();
        services.AddSingleton<PlanLoops>();
        services.AddSingleton<IPlanUse>(s => s.GetRequiredService<PlanLoops>());
        services.AddSingleton<ITargetOwner>(s => s.GetRequiredService<PlanLoops>());
        services.AddHostedService(s => s.GetRequiredService<PlanLoops>());
        services.AddSingleton<RunQueries>();
        services.AddSingleton<RunCommands>();
        services.AddSingleton<DebtQueries>();
        services.AddSingleton<DebtCommands>();
        services.AddHostedService<StrandedDebts>();
        services.AddSingleton<MaintenanceCommands>();
        services.AddHostedService<ClockWatch>();
        services.AddSingleton<ReadinessQueries>();
        services.AddSingleton<ReadinessCommands>();
        services.AddSingleton<ReadinessWatch>();
        services.AddSingleton<HostLooks>();
        services.AddSingleton<HostCheckSchedule>();
        services.AddSingleton<UpsLooks>();
        services.AddSingleton<UpsCheckSchedule>();
        services.AddTransient<HostCheckJob>();
        services.AddSingleton<RehearsalSchedule>();
        services.AddTransient<RehearsalJob>();
        return services;
    }

    public static WebApplication UseRuns(this WebApplication app)
    {
        app.MapRuns();
        app.MapDebts();
        app.MapScenarios();
        var logger = app.Services.GetRequiredService<ILogger<RehearsalJob>>();
        app.Services.UseScheduler(s =>
            {
                s.OnWorker("rehearsals").Schedule<RehearsalJob>().EveryMinute().PreventOverlapping("runs.rehearsals");
                s.OnWorker("checks").Schedule<HostCheckJob>().EveryMinute().PreventOverlapping("runs.checks");
            })
            .OnError(e => LogRehearsalsFailed(logger, e));
        return app;
    }

    [LoggerMessage(
        LogLevel.Error,
        "Looking for rehearsals and checks that are due failed by a bug; it is tried again in a minute"
    )]
    private static partial void LogRehearsalsFailed(ILogger logger, Exception e);
}
