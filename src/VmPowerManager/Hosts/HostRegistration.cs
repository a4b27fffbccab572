using VmPowerManager.Hosts.HyperV;
using VmPowerManager.Hosts.Ipmi;
using VmPowerManager.Hosts.Libvirt;
using VmPowerManager.Hosts.Outlets;
using VmPowerManager.Hosts.Proxmox;
using VmPowerManager.Hosts.Redfish;
using VmPowerManager.Hosts.SelfHost;
using VmPowerManager.Hosts.Ssh;
using VmPowerManager.Hosts.VSphere;
using VmPowerManager.Hosts.WakeOnLan;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Ipmi;
using VmPowerManager.Protocols.Redfish;
using VmPowerManager.Protocols.Ssh;
using VmPowerManager.Protocols.WsMan;
using VmPowerManager.Ups;

namespace VmPowerManager.Hosts;

public static class HostRegistration
{
    public static IServiceCollection AddHosts(this IServiceCollection services)
    {
        services.AddSingleton<IHostDriver, LibvirtDriver>();
        services.AddSingleton<IHostDriver, SshDriver>();
        services.AddHyperV();
        services.AddVSphere();
        services.AddSingleton<IWakeMethod, WolMethod>();
        services.AddSingleton<IWakeMethod, IpmiMethod>();
        services.AddSingleton<IWakeMethod, RedfishMethod>();
        services.AddProxmox();
        services.AddSingleton<IWakeMethod, OutletMethod>();
        services.AddSingleton<IWakeMethod, NutOutletMethod>();

        services.AddSingleton<FirstKeys>();
        services.AddSingleton<LastAddresses>();
        services.AddSingleton(s => new SshConnectionPool(
            SshLimits.Default,
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<FirstKeys>().Tell,
            s.GetRequiredService<LastAddresses>()
        ));
        services.AddSingleton(s => new IpmiClient(
            s.GetRequiredService<TimeProvider>(),
            addresses: s.GetRequiredService<LastAddresses>()
        ));
        services.AddSingleton(s => new RedfishPool(
            s.GetRequiredService<TimeProvider>(),
            (endpoint, key) => s.GetRequiredService<FirstKeys>().Tell(endpoint.BaseUrl, key),
            s.GetRequiredService<LastAddresses>()
        ));
        services.AddSingleton<BmcOrders>();
        services.AddSingleton<SshAccess>();
        services.AddSingleton<HttpsAccess>();
        services.AddSingleton(s => new WsmanClientPool(
            WsmanLimits.Default,
            s.GetRequiredService<TimeProvider>(),
            (endpoint, certificate) => s.GetRequiredService<FirstKeys>().Tell(endpoint.Url, certificate),
            s.GetRequiredService<LastAddresses>()
        ));
        services.AddSingleton<HostDirectory>();
        services.AddSingleton<HostCheckBook>();
        services.AddSingleton<HostPower>();
        services.AddSingleton<IHostPower>(s => s.GetRequiredService<HostPower>());
        services.AddSingleton<GuestStore>();
        services.AddSingleton<HostMonitor>();
        services.AddSingleton<IHostFeed>(s => s.GetRequiredService<HostMonitor>());
        services.AddSingleton<HostTrust>();
        services.AddSingleton<HostValidation>();
        services.AddSingleton<HostQueries>();
        services.AddSingleton<HostCommands>();
        services.AddSingleton<HostTrustCommands>();
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
