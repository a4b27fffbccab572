using VmPowerManager.Core;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Redfish;

namespace VmPowerManager.Hosts.Redfish;

/// <summary>A management controller by Redfish.</summary>
internal sealed class RedfishMethod(RedfishPool pool, BmcOrders orders, TimeProvider time) : IBmc
{
    public string Method => "redfish";

    public Task<string> WakeAsync(WakeDevice host, CancellationToken ct) => orders.WakeAsync(this, host, ct);

    public async Task<BmcState> StateAsync(WakeDevice host, CancellationToken ct) =>
        StateOf(await pool.RunAsync(Endpoint(host), c => c.SystemAsync(host.Settings.SystemId, ct)));

    public Task SwitchAsync(WakeDevice host, BmcVerb verb, CancellationToken ct) =>
        pool.RunAsync(
            Endpoint(host),
            async client =>
            {
                var system = await client.SystemAsync(host.Settings.SystemId, ct);
                await client.ResetAsync(system, VerbOf(verb), ct);
                return true;
            }
        );

    /// <summary>By a conversation of its own: a probe pins nothing.</summary>
    public async Task<WakeProbe> ProbeAsync(WakeDevice host, CancellationToken ct)
    {
        var endpoint = Endpoint(host);
        var checks = new List<HostCheck>();
        RedfishClient? client = null;
        bool? hasPower = null;
        string? uuid = null;
        try
        {
            client = new RedfishClient(endpoint, time);
            checks.Add(
                new(
                    CheckNames.Connect,
                    HostCheckState.Ok,
                    Sentence.Verbatim($"{endpoint.Host}:{endpoint.Port}: {await client.HelloAsync(ct)}")
                )
            );
            checks.Add(new(CheckNames.Certificate, HostCheckState.Ok, TrustOf(endpoint, client.Seen)));
            var system = await client.SystemAsync(host.Settings.SystemId, ct);
            checks.Add(
                new(CheckNames.Login, HostCheckState.Ok, $"logged in as {endpoint.UserName} by {client.LoggedInBy}")
            );
            var which = $"{system.Id} {system.Model}".TrimEnd();
            checks.Add(new(CheckNames.System, HostCheckState.Ok, $"system {which}"));
            uuid = system.Uuid;
            checks.Add(Privilege(await client.PrivilegeAsync(ct)));
            var state = StateOf(system);
            checks.AddRange(BmcChecks.Of(state, host));
            hasPower = state.Power == BmcPower.Unknown ? null : state.Power != BmcPower.Off;
        }
        catch (DeviceException e)
        {
            checks.Add(BmcChecks.Of(e));
        }
        finally
        {
            if (client is not null)
            {
                pool.Remember(endpoint, client);
                await client.DisposeAsync();
            }
        }
        return new(checks, hasPower) { CertificateFingerprint = client?.Seen, MachineUuid = uuid };
    }

    private static Sentence TrustOf(RedfishEndpoint endpoint, string? seen) =>
        endpoint.CertificateFingerprint is null
            ? Sentence.Of($"{seen}: not pinned, the first certificate seen will be trusted")
            : Sentence.Of($"{seen} is the pinned certificate");

    private static HostCheck Privilege((bool? Allowed, string Words) found) =>
        found.Allowed switch
        {
            true => new(CheckNames.Privilege, HostCheckState.Ok, $"the role {found.Words} may switch systems"),
            false => new(
                CheckNames.Privilege,
                HostCheckState.Failed,
                $"the role {found.Words} may look, not switch: it needs the privilege ConfigureComponents, as the role Operator has it"
            ),
            null => new(
                CheckNames.Privilege,
                HostCheckState.Warning,
                $"whether the user may switch systems cannot be seen without doing it: {found.Words}"
            ),
        };

    private static BmcState StateOf(RedfishSystem system) =>
        new(
            system.Power switch
            {
                RedfishPower.On => BmcPower.On,
                RedfishPower.Off => BmcPower.Off,
                RedfishPower.PoweringOn => BmcPower.PoweringOn,
                RedfishPower.PoweringOff => BmcPower.PoweringOff,
                _ => BmcPower.Unknown,
            },
            system.RestorePolicy switch
            {
                "AlwaysOff" => RestorePolicy.StaysOff,
                "LastState" => RestorePolicy.LastState,
                "AlwaysOn" => RestorePolicy.TurnsOn,
                _ => RestorePolicy.Unknown,
            }
        );

    private static RedfishVerb VerbOf(BmcVerb verb) =>
        verb switch
        {
            BmcVerb.On => RedfishVerb.On,
            BmcVerb.SoftOff => RedfishVerb.SoftOff,
            _ => RedfishVerb.HardOff,
        };

    private static RedfishEndpoint Endpoint(WakeDevice host) =>
        new(
            host.Settings.Host ?? "",
            host.Settings.Port ?? RedfishEndpoint.DefaultPort,
            host.Settings.UserName ?? "",
            host.Password ?? "",
            host.Settings.CertificateFingerprint
        );
}
