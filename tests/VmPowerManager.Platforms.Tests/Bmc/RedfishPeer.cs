using VmPowerManager.Hosts;
using VmPowerManager.Lab.Redfish;

namespace VmPowerManager.Platforms.Tests.Bmc;

/// <summary>Our stand-in for a Redfish service; sushy and redfishtool drive it in the tests of the protocol.</summary>
public sealed class RedfishPeer(Action<FakeRedfish>? change = null) : IBmcPeer
{
    private FakeRedfish? _bmc;

    public string Method => "redfish";

    public bool IsOn => Service.System.Power == "On";

    public int Orders => Service.System.Told.Count;

    private FakeRedfish Service => _bmc ?? throw new InvalidOperationException("It is not ready.");

    public async Task ReadyAsync()
    {
        _bmc = await FakeRedfish.StartAsync();
        change?.Invoke(_bmc);
    }

    public WakeDevice Device(string? password = null) =>
        new(
            "kvm1",
            new WakeSettings
            {
                Method = Method,
                Host = Service.Url.Host,
                Port = Service.Url.Port,
                UserName = "oper",
            },
            password ?? FakeRedfish.Password
        );

    public Task LoseAsync()
    {
        Service.System.Power = "Off";
        return Task.CompletedTask;
    }

    public Task StickAsync()
    {
        Service.System.Stuck = true;
        return Task.CompletedTask;
    }

    public Task FallSilentAsync()
    {
        Service.Frozen = true;
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => _bmc?.DisposeAsync() ?? ValueTask.CompletedTask;
}

public sealed class RedfishContract() : BmcContract(new RedfishPeer());

/// <summary>One without sessions that tells what it allows by ActionInfo, knows only the button, and takes its time.</summary>
public sealed class OldRedfishContract()
    : BmcContract(
        new RedfishPeer(bmc =>
        {
            bmc.HasSessions = false;
            bmc.System.ByActionInfo = true;
            bmc.System.Allows = ["PushPowerButton", "ForceOff"];
            bmc.System.OffTakes = TimeSpan.FromSeconds(1);
        })
    );
