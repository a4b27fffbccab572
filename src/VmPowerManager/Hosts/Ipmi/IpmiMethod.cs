using VmPowerManager.Core;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Ipmi;

namespace VmPowerManager.Hosts.Ipmi;

/// <summary>A management controller by IPMI 2.0.</summary>
internal sealed class IpmiMethod(IpmiClient client, BmcOrders orders) : IBmc
{
    public string Method => "ipmi";

    public Sentence? Trouble =>
        IpmiClient.IsInstalled()
            ? null
            : Sentence.Of(
                $"IPMI needs the program ipmitool: install the package ipmitool on the machine that runs this program; the container image brings it."
            );

    public Task<string> WakeAsync(WakeDevice host, CancellationToken ct) => orders.WakeAsync(this, host, ct);

    public async Task<BmcState> StateAsync(WakeDevice host, CancellationToken ct)
    {
        var status = await client.StatusAsync(Endpoint(host), ct);
        return new(
            status.On switch
            {
                true => BmcPower.On,
                false => BmcPower.Off,
                null => BmcPower.Unknown,
            },
            status.RestorePolicy switch
            {
                IpmiRestorePolicy.AlwaysOff => RestorePolicy.StaysOff,
                IpmiRestorePolicy.Previous => RestorePolicy.LastState,
                IpmiRestorePolicy.AlwaysOn => RestorePolicy.TurnsOn,
                _ => RestorePolicy.Unknown,
            }
        );
    }

    public Task SwitchAsync(WakeDevice host, BmcVerb verb, CancellationToken ct) =>
        client.PowerAsync(
            Endpoint(host),
            verb switch
            {
                BmcVerb.On => IpmiVerb.On,
                BmcVerb.SoftOff => IpmiVerb.SoftOff,
                _ => IpmiVerb.HardOff,
            },
            ct
        );

    public async Task<WakeProbe> ProbeAsync(WakeDevice host, CancellationToken ct)
    {
        try
        {
            var endpoint = Endpoint(host);
            var state = await StateAsync(host, ct);
            var uuid = await client.GuidAsync(endpoint, ct);
            return new(
                [
                    new(
                        CheckNames.Connect,
                        HostCheckState.Ok,
                        $"{endpoint.Host}:{endpoint.Port} answers (IPMI 2.0, cipher suite {client.SuiteOf(endpoint)})"
                    ),
                    // The session was opened with the privilege that the orders need.
                    new(CheckNames.Login, HostCheckState.Ok, $"logged in as {endpoint.UserName}, as an operator"),
                    .. BmcChecks.Of(state, host),
                ],
                state.Power == BmcPower.Unknown ? null : state.Power != BmcPower.Off
            )
            {
                MachineUuid = uuid,
            };
        }
        catch (DeviceException e)
        {
            return new([BmcChecks.Of(e)]);
        }
    }

    private static IpmiEndpoint Endpoint(WakeDevice host) =>
        new(
            host.Settings.Host ?? "",
            host.Settings.Port ?? IpmiEndpoint.DefaultPort,
            host.Settings.UserName ?? "",
            host.Password ?? "",
            host.Settings.CipherSuite
        );
}
