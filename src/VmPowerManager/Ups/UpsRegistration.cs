using VmPowerManager.Protocols.Nut;
using VmPowerManager.Ups.Apcupsd;
using VmPowerManager.Ups.Battery;
using VmPowerManager.Ups.Canaries;
using VmPowerManager.Ups.Discovery;
using VmPowerManager.Ups.History;
using VmPowerManager.Ups.Nut;
using VmPowerManager.Ups.Outages;
using VmPowerManager.Ups.Quality;
using VmPowerManager.Ups.Simulator;
using VmPowerManager.Ups.Snmp;
using VmPowerManager.Ups.Snmp.Traps;

namespace VmPowerManager.Ups;

/// <summary>The feature's services. Needs TimeProvider, DataFolder, SecretBox, EventLog and the AppDb factory.</summary>
public static class UpsRegistration
{
    public static IServiceCollection AddUps(this IServiceCollection services)
    {
        // One line a driver.
        services.AddSingleton<NutConnectionPool>().AddSingleton<IUpsDriver, NutDriver>();
        services.AddSingleton<IUpsDriver, ApcupsdDriver>();
        services.AddSingleton<IUpsDriver, SnmpDriver>();

        services.AddSingleton<UpsDrivers>().AddSingleton<UpsNews>();
        services.AddSingleton<UpsConfigs>();
        services.AddSingleton<UpsFeed>().AddSingleton<IUpsFeed>(provider => provider.GetRequiredService<UpsFeed>());
        services.AddSingleton<HistoryDb>().AddSingleton<HistoryRecorder>().AddSingleton<HistoryQueries>();
        services.AddSingleton<EnergyQueries>();
        services.AddSingleton<InputLog>().AddSingleton<QualityQueries>();
        services.AddSingleton<TestLog>().AddSingleton<BatteryQueries>();
        services.AddSingleton<UpsScreens>().AddSingleton<UpsWitnesses>().AddSingleton<UpsOutlets>();
        services
            .AddSingleton<OutageBook>()
            .AddSingleton<OutageQueries>()
            .AddSingleton<OutageRecorder>()
            .AddSingleton<HistoryWriter>()
            .AddSingleton<UpsMonitor>();
        // Stopped in reverse order: the monitor first, then the writers, with all that it saw.
        services.AddHostedService(provider => provider.GetRequiredService<HistoryWriter>());
        services.AddHostedService(provider => provider.GetRequiredService<OutageRecorder>());
        // It says where the simulated UPSes are to be read before anybody reads them.
        services.AddSingleton(provider => SimulatorOptions.Of(provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton<SimulatorDirectory>().AddSingleton<SimulatorScreens>().AddHostedService<SimulatorHost>();
        services.AddSingleton<SimulatorQueries>().AddSingleton<SimulatorCommands>();
        services.AddHostedService(provider => provider.GetRequiredService<UpsMonitor>());
        services.AddSingleton<UpsCheckBook>();
        services.AddSingleton<IUpsPower>(provider => new UpsPower(
            id => provider.GetRequiredService<UpsMonitor>().Find(id)?.Config,
            provider.GetRequiredService<UpsDrivers>(),
            provider.GetRequiredService<UpsCheckBook>(),
            provider.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton<CanaryFeed>().AddSingleton<CanaryLock>().AddSingleton<CanaryMonitor>();
        services.AddSingleton<CanaryQueries>().AddSingleton<CanaryCommands>();
        services.AddHostedService(provider => provider.GetRequiredService<CanaryMonitor>());
        services.AddSingleton<UpsScanner>().AddSingleton<DiscoveryCommands>();
        services.AddHostedService<BatteryWatch>();
        services.AddSingleton(provider => TrapPort.From(provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton<TrapListener>().AddHostedService(p => p.GetRequiredService<TrapListener>());
        services.AddSingleton<UpsPastQueries>();
        services.AddSingleton<UpsQueries>().AddSingleton<UpsCommands>().AddSingleton<UpsActions>();
        return services;
    }
}
