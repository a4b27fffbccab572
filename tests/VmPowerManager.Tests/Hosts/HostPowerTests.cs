using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Core;
using VmPowerManager.Hosts;
using VmPowerManager.Protocols;

namespace VmPowerManager.Tests.Hosts;

public sealed class HostPowerTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private readonly FakeDriver _driver = new();
    private readonly HostsHarness _hosts;
    private int _id;
    private int _guest;

    public HostPowerTests() => _hosts = new HostsHarness(null, _driver);

    public async ValueTask InitializeAsync()
    {
        await _hosts.StartAsync();
        _driver.Set("h1", FakeDriver.Guest("a"), FakeDriver.Guest("p", GuestState.Paused));
        _id = await _hosts.Commands.CreateAsync(HostsHarness.Admin, HostCommandsTests.Body("h1"), Ct);
        await _hosts.PowerCommands.DiscoverAsync(Operator, _id, Ct);
        await HostsHarness.UntilAsync(() => _hosts.Queries.Guests().Count(g => g.Id is not null) == 2);
        _guest = _hosts.Queries.Guests().Single(g => g.ExternalId == "a").Id!.Value; // not null: waited for
    }

    public ValueTask DisposeAsync() => _hosts.DisposeAsync();

    [Theory]
    [InlineData("shutdown", "Shutdown a")]
    [InlineData("forceOff", "ForceOff a")]
    [InlineData("start", "Start a")]
    [InlineData("save", "Save a")]
    [InlineData("reboot", "Reboot a")]
    public async Task GuestAction_ReachesThePlatformAndIsTold(string action, string call)
    {
        var told = new List<PersonAction>();
        using var subscription = _hosts.Monitor.SubscribePersonActions(told.Add);
        await _hosts.PowerCommands.GuestAsync(Operator, _guest, action, Ct);
        Assert.Contains(call, _driver.Calls);
        Assert.Equal(new PersonAction(_id, "realm", "a", action, "ann"), Assert.Single(told));
    }

    [Fact]
    public async Task Start_OfAPausedGuest_Resumes()
    {
        var paused = _hosts.Queries.Guests().Single(g => g.ExternalId == "p").Id!.Value; // not null: as above
        await _hosts.PowerCommands.GuestAsync(Operator, paused, "start", Ct);
        Assert.Contains("Resume p", _driver.Calls);
    }

    [Fact]
    public async Task HostAction_ReachesTheHost()
    {
        await _hosts.PowerCommands.HostAsync(Operator, _id, "shutdown", Ct);
        await _hosts.PowerCommands.HostAsync(Operator, _id, "reboot", Ct);
        Assert.Equal(["Shutdown", "Reboot"], _driver.Calls.Where(c => c is "Shutdown" or "Reboot"));
    }

    [Theory]
    [InlineData("wake", "no wake method")]
    [InlineData("forceOff", "platform fake")]
    [InlineData("save", "platform fake")]
    public async Task HostAction_WithoutAWay_IsRefused(string action, string words)
    {
        var refusal = await Assert.ThrowsAsync<PeerRefusedException>(() =>
            _hosts.PowerCommands.HostAsync(Operator, _id, action, Ct)
        );
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wake_IsTriedByEachWay_UntilOneTakesIt()
    {
        WakeBlock bmc = new()
        {
            Method = "ipmi",
            Host = "no-such-name.invalid",
            UserName = "oper",
            Password = "x",
        };
        WakeBlock packet = new()
        {
            Method = "wol",
            MacAddress = "00:11:22:33:44:55",
            Host = "127.0.0.1",
        };
        var told = new List<PersonAction>();
        using var subscription = _hosts.Monitor.SubscribePersonActions(told.Add);

        await WakesByAsync(bmc, packet);
        Assert.Equal("h1 accepted wake.", await _hosts.PowerCommands.HostAsync(Operator, _id, "wake", Ct));
        Assert.Equal("wake", Assert.Single(told).Verb);

        await WakesByAsync(bmc);
        var refusal = await Assert.ThrowsAsync<PeerRefusedException>(() =>
            _hosts.PowerCommands.HostAsync(Operator, _id, "wake", Ct)
        );
        Assert.StartsWith("ipmi: name not resolved", refusal.Message, StringComparison.Ordinal);
    }

    private Task WakesByAsync(params WakeBlock[] wake) =>
        _hosts.Commands.UpdateAsync(HostsHarness.Admin, _id, HostCommandsTests.Body("h1") with { Wake = wake }, Ct);

    [Fact]
    public async Task Action_Unknown_IsInvalid_AndUnknownTarget_IsNotFound()
    {
        await Assert.ThrowsAsync<InvalidInputException>(() => _hosts.PowerCommands.HostAsync(Operator, _id, "hop", Ct));
        await Assert.ThrowsAsync<InvalidInputException>(() =>
            _hosts.PowerCommands.GuestAsync(Operator, _guest, null, Ct)
        );
        await Assert.ThrowsAsync<NotFoundException>(() => _hosts.PowerCommands.HostAsync(Operator, 99, "shutdown", Ct));
        await Assert.ThrowsAsync<NotFoundException>(() => _hosts.PowerCommands.GuestAsync(Operator, 99, "start", Ct));
    }

    [Fact]
    public async Task Action_OnATargetInARun_Conflicts() // F2
    {
        _hosts.Owner.Name = "plan Homelab";
        var refusal = await Assert.ThrowsAsync<ConflictException>(() =>
            _hosts.PowerCommands.GuestAsync(Operator, _guest, "start", Ct)
        );
        Assert.Contains("plan Homelab", refusal.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ConflictException>(() =>
            _hosts.PowerCommands.HostAsync(Operator, _id, "shutdown", Ct)
        );
        Assert.DoesNotContain("Start a", _driver.Calls);
    }

    [Fact]
    public async Task Action_ByAViewer_IsForbidden()
    {
        var viewer = HostsHarness.As("Viewer");
        await Assert.ThrowsAsync<ForbiddenException>(() => _hosts.PowerCommands.HostAsync(viewer, _id, "shutdown", Ct));
        await Assert.ThrowsAsync<ForbiddenException>(() =>
            _hosts.PowerCommands.GuestAsync(viewer, _guest, "start", Ct)
        );
    }

    [Fact]
    public async Task Action_Refused_TellsThePlatformsWords()
    {
        _driver.Fault = new DeviceException(DeviceFault.Refused, "domain is not running");
        var refusal = await Assert.ThrowsAsync<PeerRefusedException>(() =>
            _hosts.PowerCommands.GuestAsync(Operator, _guest, "shutdown", Ct)
        );
        Assert.Equal("domain is not running", refusal.Message);
    }

    [Fact]
    public async Task Call_Outcomes_AreData()
    {
        var power = _hosts.Get<IHostPower>();
        Assert.Equal(4000, (await power.CommandAsync(_id, "sync", Limit, Ct)).Value?.Length);
        _driver.Fault = new DeviceException(DeviceFault.AuthenticationFailed, "no");
        var failed = await power.GetStatesAsync(_id, Limit, Ct);
        Assert.Equal((false, DeviceFault.AuthenticationFailed, "no"), (failed.Ok, failed.Fault, failed.Words));
        Assert.Equal(DeviceFault.Refused, (await power.GetStatesAsync(99, Limit, Ct)).Fault);
    }

    [Fact]
    public async Task Call_LongerThanItsLimit_IsTimeout_AndCancellationIsCancellation()
    {
        var time = new FakeTimeProvider();
        var call = new DeviceCall(time);
        var stuck = call.RunAsync(_ => new TaskCompletionSource<bool>().Task, Limit, Ct);
        time.Advance(Limit);
        Assert.Equal((DeviceFault.Timeout, "not done within 5 s"), ((await stuck).Fault, (await stuck).Words));

        using var stop = new CancellationTokenSource();
        var stopped = call.RunAsync(_ => new TaskCompletionSource<bool>().Task, Limit, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stopped);
    }

    [Fact]
    public async Task Call_ThatThrowsABug_IsData()
    {
        var outcome = await new DeviceCall(TimeProvider.System).RunAsync<bool>(
            _ => throw new InvalidOperationException("oops"),
            Limit,
            Ct
        );
        Assert.Contains("oops", outcome.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Witness_EchoOrNone() // C4
    {
        Assert.True(await Witness.AnswersAsync("127.0.0.1", null, Limit, TimeProvider.System, Ct));
        Assert.Null(await _hosts.Get<IHostPower>().WitnessAnswersAsync(_id, Limit, Ct));
    }

    [Theory]
    [InlineData("switch.lan", true)]
    [InlineData("192.0.2.1", true)]
    [InlineData("192.0.2.1:22", true)]
    [InlineData("2001:db8::1", true)]
    [InlineData("[2001:db8::1]:22", true)]
    [InlineData("a b", false)]
    [InlineData("host:port", false)]
    public void Witness_Address_IsChecked(string witness, bool valid) =>
        Assert.Equal(valid, Witness.Problem(witness) is null);

    private static System.Security.Claims.ClaimsPrincipal Operator { get; } = HostsHarness.As("Operator");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;
}
