using VmPowerManager.Hosts;
using VmPowerManager.Protocols;

namespace VmPowerManager.Platforms.Tests.Bmc;

/// <summary>What every management controller keeps, as a wake method, as a witness, and as the last rung of a ladder.</summary>
public abstract class BmcContract(IBmcPeer peer) : IAsyncLifetime
{
    private const string Canary = "canary-9-secret";
    private readonly Drivers _drivers = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IBmc Bmc => (IBmc)_drivers.Waking(peer.Method);

    private BmcOrders Orders => _drivers.Get<BmcOrders>();

    public async ValueTask InitializeAsync() => await peer.ReadyAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _drivers.DisposeAsync();
        await peer.DisposeAsync();
    }

    [Fact]
    public async Task State_IsTheMachines()
    {
        Assert.Equal(BmcPower.On, (await OkAsync(ct => Bmc.StateAsync(peer.Device(), ct))).Power);

        await peer.LoseAsync();

        Assert.Equal(BmcPower.Off, (await OkAsync(ct => Bmc.StateAsync(peer.Device(), ct))).Power);
    }

    [Fact]
    public async Task Off_ReturnsOnceThePowerIsGone()
    {
        var accepted = 0;

        await OkAsync(ct => Done(Orders.OffAsync(Bmc, peer.Device(), () => accepted++, ct)));

        Assert.False(peer.IsOn);
        Assert.Equal((1, 1), (accepted, peer.Orders));
    }

    [Fact]
    public async Task Off_OfAMachineThatIsOff_TellsItNothing()
    {
        await peer.LoseAsync();

        await OkAsync(ct => Done(Orders.OffAsync(Bmc, peer.Device(), () => { }, ct)));

        Assert.Equal(0, peer.Orders);
    }

    [Fact]
    public async Task Off_AcceptedWithoutEffect_IsNotDone()
    {
        await peer.StickAsync();
        var accepted = false;

        var outcome = await CallAsync(ct => Done(Orders.OffAsync(Bmc, peer.Device(), () => accepted = true, ct)), 8);

        Assert.Equal((DeviceFault.Timeout, true, true), (outcome.Fault, accepted, peer.IsOn)); // C4
    }

    [Fact]
    public async Task SoftOff_IsASystemsShutdown()
    {
        await OkAsync(ct => Done(Bmc.SwitchAsync(peer.Device(), BmcVerb.SoftOff, ct)));

        // A controller that is just switching may answer with an error.
        await Soon.BecomesTrueAsync(
            async () => (await CallAsync(ct => Bmc.StateAsync(peer.Device(), ct))).Value?.Power == BmcPower.Off,
            "the machine is off"
        );
        Assert.False(peer.IsOn);
    }

    [Fact]
    public async Task Wake_GivesPower_AndSaysSo()
    {
        await peer.LoseAsync();

        Assert.Equal("its controller gave it power", await OkAsync(ct => Bmc.WakeAsync(peer.Device(), ct)));

        await Soon.BecomesTrueAsync(() => Task.FromResult(peer.IsOn), "the machine is on");
    }

    [Fact]
    public async Task Wake_OfAMachineThatIsOn_TellsItNothing()
    {
        Assert.Contains(
            "has power already",
            await OkAsync(ct => Bmc.WakeAsync(peer.Device(), ct)),
            StringComparison.Ordinal
        );

        Assert.Equal(0, peer.Orders);
    }

    [Fact]
    public async Task Wake_AcceptedWithoutEffect_IsRefusedSoThatTheNextWayIsTried()
    {
        await peer.LoseAsync();
        await peer.StickAsync();

        var outcome = await CallAsync(ct => Bmc.WakeAsync(peer.Device(), ct), 15);

        Assert.Equal(DeviceFault.Refused, outcome.Fault);
        Assert.Contains("accepted the order, and still says that it is off", outcome.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WrongPassword_IsToldApart_AndIsNoSecretInAnyWord()
    {
        var wrong = peer.Device(Canary);

        var state = await CallAsync(ct => Bmc.StateAsync(wrong, ct));
        var off = await CallAsync(ct => Done(Orders.OffAsync(Bmc, wrong, () => { }, ct)));
        var probe = await OkAsync(ct => Bmc.ProbeAsync(wrong, ct));

        Assert.Equal((DeviceFault.AuthenticationFailed, DeviceFault.AuthenticationFailed), (state.Fault, off.Fault));
        Assert.Equal("login", probe.Checks.Single(c => c.State == HostCheckState.Failed).Name);
        Assert.All([state.Words, off.Words, .. probe.Checks.Select(c => c.Detail)], NoSecret);
        Assert.Equal(0, peer.Orders);
    }

    [Fact]
    public async Task Silent_IsNeitherOnNorOff()
    {
        await peer.FallSilentAsync();

        var state = await CallAsync(ct => Bmc.StateAsync(peer.Device(), ct), 2);
        var probe = await CallAsync(ct => Bmc.ProbeAsync(peer.Device(), ct), 2);

        Assert.True(state.Fault is DeviceFault.Unreachable or DeviceFault.Timeout, state.Words);
        Assert.True(probe.Fault is not null || probe.Value?.HasPower is null, probe.Words);
    }

    [Fact]
    public async Task Probe_TellsWhatAPlanNeeds_AndChangesNothing()
    {
        var probe = await OkAsync(ct => Bmc.ProbeAsync(peer.Device(), ct));

        Assert.DoesNotContain(probe.Checks, c => c.State == HostCheckState.Failed);
        Assert.Superset(
            new HashSet<string> { "connect", "login", "power", "restorePolicy" },
            probe.Checks.Select(c => c.Name).ToHashSet()
        );
        Assert.Equal((true, 0), (probe.HasPower, peer.Orders));
    }

    [Fact]
    public async Task Cancelled_ReturnsPromptly()
    {
        await peer.StickAsync();
        using var leaving = new CancellationTokenSource();
        var asked = Orders.OffAsync(Bmc, peer.Device(), () => { }, leaving.Token);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            asked.WaitAsync(TimeSpan.FromSeconds(2), TimeProvider.System)
        );
    }

    private static void NoSecret(string? words) => Assert.DoesNotContain(Canary, words ?? "", StringComparison.Ordinal);

    private static Task<DeviceOutcome<T>> CallAsync<T>(Func<CancellationToken, Task<T>> call, double seconds = 30) =>
        new DeviceCall(TimeProvider.System).RunAsync(call, TimeSpan.FromSeconds(seconds), Ct);

    private static async Task<T> OkAsync<T>(Func<CancellationToken, Task<T>> call)
    {
        var outcome = await CallAsync(call);
        Assert.True(outcome.Ok, $"{outcome.Fault}: {outcome.Words}");
        return outcome.Value!; // not null: ok
    }

    private static async Task<bool> Done(Task asked)
    {
        await asked;
        return true;
    }
}
