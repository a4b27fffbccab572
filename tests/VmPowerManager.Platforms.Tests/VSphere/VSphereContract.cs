using VmPowerManager.Hosts;
using VmPowerManager.Platforms.Tests.Contract;
using VmPowerManager.Protocols;

namespace VmPowerManager.Platforms.Tests.VSphere;

/// <summary>The contract, but for one thing: what would take running guests' power is held back once.</summary>
public abstract class VSphereContract(VSpherePeer peer, ITestOutputHelper output) : GuestContract(peer, output)
{
    public override async Task HostShutdown_Arrives()
    {
        var first = await CallAsync(ct => Done(Driver.HostPowerAsync(Host, HostVerb.Shutdown, ct)));
        Assert.Equal(DeviceFault.Refused, first.Fault);
        Assert.Contains("still runs", first.Words, StringComparison.Ordinal);
        await base.HostShutdown_Arrives();
    }
}

/// <summary>Besides: a vCenter that does not answer says nothing of its hosts, from the first look on.</summary>
public sealed class VCenterContract(VSphereStands stands, ITestOutputHelper output)
    : VSphereContract(new VSpherePeer(stands, esxi: false), output)
{
    private readonly VSpherePeer _peer = new(stands, esxi: false);

    public override async Task PortRefused_IsUnreachableInTheWordsThatTheEngineKnows()
    {
        await _peer.ReadyAsync();
        await IsNotKnownAsync(LabFolder.FreePort());
    }

    public override async Task NobodyAnswers_IsUnreachableAtTheLimit()
    {
        await _peer.ReadyAsync();
        using var mute = new MuteNetwork();
        await IsNotKnownAsync(mute.Port);
    }

    /// <summary>In the time that a poll is given.</summary>
    private async Task IsNotKnownAsync(int port)
    {
        var states = await CallAsync(ct => Driver.GetStatesAsync(_peer.Device(new() { Port = port }), ct), 5);

        Assert.Equal(DeviceFault.Unreachable, states.Fault);
        Assert.StartsWith(HostFaults.NotKnown, states.Words, StringComparison.Ordinal);
    }
}

public sealed class EsxiContract(VSphereStands stands, ITestOutputHelper output)
    : VSphereContract(new VSpherePeer(stands, esxi: true), output);
