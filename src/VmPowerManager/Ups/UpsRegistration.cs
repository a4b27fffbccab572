using VmPowerManager.Protocols.Nut;
using VmPowerManager.Ups.History;
using VmPowerManager.Ups.Nut;
using VmPowerManager.Ups.Outages;

namespace VmPowerManager.Ups;

/// <summary>The feature's services. Needs TimeProvider, DataFolder, SecretBox, EventLog and the AppDb factory.</summary>
public static class UpsRegistration
{
    public static IServiceCollection AddUps(this IServiceCollection services)
    {
        // One line a driver.
        services.AddSingleton<NutConnectionPool>().AddSingleton<IUpsDriver, NutDriver>();

        services.AddSingleton<UpsDrivers>().AddSingleton<UpsNews>();
        services.AddSingleton<UpsConfigs>();
        services.AddSingleton<UpsFeed>().AddSingleton<IUpsFeed>(provider => provider.GetRequiredService<UpsFeed>());
        services.AddSingleton<HistoryDb>().AddSingleton<HistoryRecorder>().AddSingleton<HistoryQueries>();
        services.AddSingleton<UpsScreens>().AddSingleton<UpsOutlets>();
        services.AddSingleton<OutageRecorder>().AddSingleton<HistoryWriter>().AddSingleton<UpsMonitor>();
        // Stopped in reverse order: the monitor first, then the writers, with all that it saw.
        services.AddHostedService(provider => provider.GetRequiredService<HistoryWriter>());
        services.AddHostedService(provider => provider.GetRequiredService<OutageRecorder>());
        services.AddHostedService(provider => provider.GetRequiredService<UpsMonitor>());
        services.AddSingleton<UpsQueries>().AddSingleton<UpsCommands>().AddSingleton<UpsActions>();
        return services;
    }
}
