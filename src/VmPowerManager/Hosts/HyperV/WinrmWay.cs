using VmPowerManager.Core;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.PowerShell;
using VmPowerManager.Protocols.WsMan;

namespace VmPowerManager.Hosts.HyperV;

/// <summary>WinRM's remote shell.</summary>
internal sealed class WinrmWay(WsmanClientPool pool, LastAddresses addresses, TimeProvider time) : IPowerShellWay
{
    public async Task<PowerShellResult> RunAsync(HostDevice host, PowerShellScript script, CancellationToken ct) =>
        Result(
            script.OnlyLooks
                ? await pool.AskAsync(Endpoint(host), PowerShellScript.Program, script.Arguments, ct)
                : await pool.RunAsync(Endpoint(host), PowerShellScript.Program, script.Arguments, ct)
        );

    public async Task<PowerShellResult?> TryRunAsync(HostDevice host, PowerShellScript script, CancellationToken ct)
    {
        try
        {
            return await RunAsync(host, script, ct);
        }
        catch (WsmanException e) when (e is { Begun: true, Lost: true })
        {
            return null;
        }
    }

    public async Task<PowerShellProbe> ProbeAsync(HostDevice host, PowerShellScript script, CancellationToken ct)
    {
        var endpoint = Endpoint(host);
        using var http = WsmanClientPool.Connect(endpoint, WsmanLimits.Default, time, null, addresses);
        await using var client = new WsmanClient(http.Client, endpoint, WsmanLimits.Default, time);
        var probe = new HttpsProbe(http);
        WsmanResult? result = null;
        await probe.LogInAsync(
            async token =>
            {
                result = await client.RunAsync(PowerShellScript.Program, script.Arguments, token);
                return Sentence.Of(
                    $"logged in as {endpoint.UserName} by {endpoint.Authentication}, and may open a remote shell"
                );
            },
            ct
        );
        return new(probe.Probe, result is null ? null : Result(result));
    }

    private static PowerShellResult Result(WsmanResult r) => new(r.ExitCode, r.Output, r.Error, r.Truncated);

    private static WsmanEndpoint Endpoint(HostDevice host)
    {
        var winrm =
            HostSettings.Of(host).Winrm
            ?? throw new DeviceException(DeviceFault.Refused, $"{host.Name} has no WinRM settings.");
        return new WsmanEndpoint(
            winrm.Host,
            winrm.Port,
            winrm.UseTls,
            winrm.UserName,
            host.Secrets.GetValueOrDefault(HostSecrets.WinrmPassword) ?? "",
            winrm.Authentication switch
            {
                WinrmAuthentication.Basic => WsmanAuthentication.Basic,
                WinrmAuthentication.Kerberos => WsmanAuthentication.Kerberos,
                _ => WsmanAuthentication.Ntlm,
            },
            winrm.CertificateFingerprint
        );
    }
}
