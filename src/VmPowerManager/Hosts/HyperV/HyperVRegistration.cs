namespace VmPowerManager.Hosts.HyperV;

internal static class HyperVRegistration
{
    public static IServiceCollection AddHyperV(this IServiceCollection services)
    {
        services.AddSingleton<SshWay>();
        services.AddSingleton<WinrmWay>();
        services.AddSingleton<HyperVWays>();
        services.AddSingleton<IHostDriver, HyperVDriver>();
        return services;
    }
}
