using System.Net.NetworkInformation;
using VmPowerManager.Core;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.WakeOnLan;

namespace VmPowerManager.Hosts.WakeOnLan;

/// <summary>Wake-on-LAN: a magic packet to the networks that we are in or to the address that is named, or sent by another
/// host.</summary>
internal sealed class WolMethod(TimeProvider time) : IWakeMethod
{
    private readonly WakeSender _sender = new(time);

    public string Method => "wol";

    public Sentence? Trouble => OwnNetwork.Look(null)?.Says;

    public async Task<string> WakeAsync(WakeDevice host, CancellationToken ct)
    {
        var target = Target(host);
        if (host.Relay is not { } relay)
            return await _sender.SendAsync(target, ct);
        var order = RelayScript.Order(target).Text;
        var said = RelayScript.Input(target) is { } input
            ? await WithInputAsync(relay, order, input, ct)
            : await relay.RunAsync(order, ct);
        return $"magic packet sent by {relay.Name} with {said.Split('\n', 2)[0].Trim()}";
    }

    public async Task<WakeProbe> ProbeAsync(WakeDevice host, CancellationToken ct)
    {
        var checks = new List<HostCheck>();
        try
        {
            var target = Target(host);
            checks.Add(
                host.Relay is { } relay
                    ? await RelayAsync(relay, target, ct)
                    : OwnNetwork.Look(target.Host) ?? Way(target)
            );
            if (host.Itself is { } itself)
                checks.Add(await ArmedCard.CheckAsync(itself, target.Address, ct));
        }
        catch (DeviceException e)
        {
            checks.Add(new(CheckNames.Packet, HostCheckState.Failed, Sentence.Verbatim(e.Message)));
        }
        return new(checks);
    }

    private static async Task<HostCheck> RelayAsync(WakeRelay relay, WakeTarget target, CancellationToken ct)
    {
        try
        {
            var tool = await relay.RunAsync(RelayScript.Check(target).Text, ct);
            return new(CheckNames.Relay, HostCheckState.Ok, $"{relay.Name} sends it with {tool.Trim()}");
        }
        catch (DeviceException e)
        {
            return new(CheckNames.Relay, HostCheckState.Failed, $"{relay.Name}: {e.Message}");
        }
    }

    private static Task<string> WithInputAsync(WakeRelay relay, string order, string input, CancellationToken ct) =>
        relay.RunWithAsync is { } run
            ? run(order, input, ct)
            : throw new DeviceException(DeviceFault.Unsupported, $"{relay.Name} cannot be given a password to send.");

    private static HostCheck Way(WakeTarget target) =>
        WakeSender.Problem(target) is { } problem
            ? new(CheckNames.Packet, HostCheckState.Failed, Sentence.Verbatim(problem))
            : new(
                CheckNames.Packet,
                HostCheckState.Ok,
                target.Host is { } to ? Sentence.Of($"it goes to {to}; whether it arrives nobody says")
                    : target.Interface is { } card
                        ? Sentence.Of($"it goes to every network of {card}; whether it arrives nobody says")
                    : Sentence.Of($"it goes to every network of this machine; whether it arrives nobody says")
            );

    private static WakeTarget Target(WakeDevice host)
    {
        if (!PhysicalAddress.TryParse(host.Settings.MacAddress?.Replace(':', '-'), out var mac))
            throw new DeviceException(DeviceFault.Refused, $"{host.Name} has no MAC address to wake.");
        return new WakeTarget(mac, host.Settings.Host, host.Settings.Port ?? 9, host.Settings.Interface)
        {
            SecureOn = host.Password is { Length: > 0 } text
                ? MagicPacket.Password(text)
                    ?? throw new DeviceException(
                        DeviceFault.Refused,
                        "The SecureOn password has six or four bytes: 00:11:22:33:44:55."
                    )
                : null,
        };
    }
}
