namespace VmPowerManager.Hosts.VSphere;

internal static class VSphereRegistration
{
    public static void AddVSphere(this IServiceCollection services)
    {
        services.AddSingleton<VSphereAccess>();
        services.AddSingleton<EsxiShell>();
        services.AddSingleton<VSphereOwnWays>();
        services.AddSingleton<VSphereWays>();
        services.AddSingleton<VSphereProbe>();
        services.AddSingleton<IHostDriver, VSphereDriver>();
    }
}
