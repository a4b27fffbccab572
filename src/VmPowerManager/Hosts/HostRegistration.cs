using VmPowerManager.Hosts.Libvirt;
using VmPowerManager.Hosts.SelfHost;
using VmPowerManager.Hosts.Ssh;
using VmPowerManager.Hosts.WakeOnLan;
using VmPowerManager.Protocols.Ssh;
using VmPowerManager.Ups;

namespace VmPowerManager.Hosts;

public static class HostRegistration
{
    public static IServiceCollection AddHosts(this IServiceCollection services)
    {
        services.AddSingleton<IHostDriver, LibvirtDriver>();
        services.AddSingleton<IHostDriver, SshDriver>();
        services.AddSingleton<IWakeMethod, WolMethod>();

        services.AddSingleton<FirstKeys>();
        services.AddSingleton(s => new SshConnectionPool(
            SshLimits.Default,
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<FirstKeys>().Tell
        ));
        services.AddSingleton<SshAccess>();
        services.AddSingleton<HostDirectory>();
        services.AddSingleton<HostPower>();
        services.AddSingleton<IHostPower>(s => s.GetRequiredService<HostPower>());
        services.AddSingleton<GuestStore>();
        services.AddSingleton<HostMonitor>();
        services.AddSingleton<IHostFeed>(s => s.GetRequiredService<HostMonitor>());
        services.AddSingleton<HostTrust>();
        services.AddSingleton<HostValidation>();
        services.AddSingleton<HostQueries>();
        services.AddSingleton<HostCommands>();
        services.AddSingleton<GuestCommands>();
        services.AddSingleton<TargetOwners>();
        services.AddSingleton<IUpsUse, HostsUsingUpses>();
        services.AddSingleton<HostPowerCommands>();
        services.AddHostedService(s => s.GetRequiredService<HostTrust>());
        services.AddHostedService(s => s.GetRequiredService<HostMonitor>());
        services.AddHostedService<SelfHostWatch>();
        return services;
    }
}

/// <summary>Keeps a UPS that feeds a host from being deleted.</summary>
internal sealed class HostsUsingUpses(HostDirectory hosts) : IUpsUse
{
    public Task<string?> WhoUsesAsync(int upsId, CancellationToken ct)
    {
        var fed = hosts.Entries.FirstOrDefault(e => e.Configured.Supplies.Any(s => s.UpsId == upsId));
        return Task.FromResult(fed is null ? null : $"host {fed.Configured.Name}");
    }
}
