namespace VmPowerManager.Hosts.Proxmox;

internal static class ProxmoxRegistration
{
    public static IServiceCollection AddProxmox(this IServiceCollection services) =>
        services
            .AddSingleton<ProxmoxAccess>()
            .AddSingleton<IHostDriver, ProxmoxDriver>()
            .AddSingleton<IHostDriver, BackupServerDriver>()
            // The feed is made of what is made of the wake methods: it is asked for when it is there.
            .AddSingleton<IWakeMethod>(p => new ProxmoxWake(
                p.GetRequiredService<HostDirectory>(),
                p.GetRequiredService<ProxmoxAccess>(),
                id => p.GetRequiredService<IHostFeed>().Hosts.FirstOrDefault(h => h.Id == id)?.Realm,
                p.GetRequiredService<TimeProvider>()
            ));
}
