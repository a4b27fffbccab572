using System.Net;
using System.Net.Sockets;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Hosts;
using VmPowerManager.Protocols;
using VmPowerManager.Runs;

namespace VmPowerManager.Tests.Hosts;

/// <summary>POLICY E4: waking by the host's own list of methods, and looking whether something is there.</summary>
public sealed class HostWakeTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private readonly FakeDriver _driver = new();
    private readonly HostsHarness _hosts;
    private readonly UdpClient _listener = new(new IPEndPoint(IPAddress.Loopback, 0));
    private int _id;

    public HostWakeTests() => _hosts = new HostsHarness(null, _driver);

    private IHostPower Power => _hosts.Get<IHostPower>();
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static int PortOf(EndPoint? end) => ((IPEndPoint?)end)?.Port ?? 0;

    public async ValueTask InitializeAsync()
    {
        await _hosts.StartAsync();
        _driver.Set("h1", FakeDriver.Guest("a", agent: AgentState.Running), FakeDriver.Guest("b", GuestState.Off));
        var body = HostCommandsTests.Body("h1") with
        {
            Wake =
            [
                new()
                {
                    Method = "wol",
                    MacAddress = "00:11:22:33:44:55",
                    Host = "127.0.0.1",
                    Port = PortOf(_listener.Client.LocalEndPoint),
                },
                new() { Method = "ipmi", Host = "192.0.2.9" },
            ],
        };
        _id = await _hosts.Commands.CreateAsync(HostsHarness.Admin, body, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _hosts.DisposeAsync();
    }

    [Fact]
    public async Task WakeOnLan_SendsTheMagicPacket_AndSaysWhere()
    {
        var outcome = await Power.WakeAsync(_id, 0, false, Limit, Ct);

        Assert.True(outcome.Ok, outcome.Words);
        Assert.StartsWith("magic packet sent to 127.0.0.1", outcome.Value, StringComparison.Ordinal);
        var packet = (await _listener.ReceiveAsync(Ct)).Buffer;
        Assert.Equal(102, packet.Length);
        Assert.Equal([0x00, 0x11, 0x22, 0x33, 0x44, 0x55], packet[96..]);
    }

    [Fact]
    public async Task MethodThatIsNotThere_IsRefusedWithWords()
    {
        Assert.Contains(
            "not configured",
            (await Power.WakeAsync(_id, 7, false, Limit, Ct)).Words,
            StringComparison.Ordinal
        );
        Assert.False((await Power.WakeAsync(99, 0, false, Limit, Ct)).Ok);
    }

    [Fact]
    public void Feed_TellsThePlansHowAHostIsWokenAndReached()
    {
        var host = _hosts.Feed.Hosts.Single(h => h.Id == _id);
        Assert.Equal(["wol", "ipmi"], host.WakeMethods);
        Assert.NotNull(host.Address);
    }

    [Fact]
    public async Task Ready_ByPort_IsAConnection()
    {
        using var open = new TcpListener(IPAddress.Loopback, 0);
        open.Start();
        var port = PortOf(open.LocalEndpoint);
        var there = await LookAsync(
            new()
            {
                Kind = ReadyKind.Port,
                Address = "127.0.0.1",
                Port = port,
            }
        );
        Assert.True(there.Ok, there.Words);
        open.Stop();
        var gone = await LookAsync(
            new()
            {
                Kind = ReadyKind.Port,
                Address = "127.0.0.1",
                Port = port,
            }
        );
        Assert.False(gone.Ok);
        Assert.Contains("refused", gone.Words, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Ready_ByPing_AnswersOrSaysWhyNot()
    {
        var look = await LookAsync(new() { Kind = ReadyKind.Ping, Address = "127.0.0.1" });
        Assert.True(look.Ok || look.Words?.StartsWith("no ping", StringComparison.Ordinal) == true, look.Words);
    }

    [Fact]
    public async Task Ready_ByAgentStateAndCommand_AsksThePlatform()
    {
        Assert.True((await LookAsync(new() { Kind = ReadyKind.Agent }, "a")).Ok);
        Assert.False((await LookAsync(new() { Kind = ReadyKind.Agent }, "b")).Ok);
        Assert.False((await LookAsync(new() { Kind = ReadyKind.Running }, "b")).Ok);
        Assert.True((await LookAsync(new() { Kind = ReadyKind.Running })).Ok);
        Assert.True((await LookAsync(new() { Kind = ReadyKind.Command, Command = "showmount -e" })).Ok);
        _driver.Fault = new DeviceException(DeviceFault.Refused, "exit code 1");
        var refused = await LookAsync(new() { Kind = ReadyKind.Command, Command = "showmount -e" });
        Assert.Equal((false, "exit code 1"), (refused.Ok, refused.Words));
    }

    [Fact]
    public async Task Ready_OfAGuestWithoutAnAddress_SaysWhatIsMissing()
    {
        var look = await LookAsync(new() { Kind = ReadyKind.Port, Port = 80 }, "a");
        Assert.Equal((false, true), (look.Ok, look.Words?.Contains("name it", StringComparison.Ordinal)));
    }

    private Task<EffectEnded> LookAsync(ReadyDefinition ready, string? guest = null) =>
        ReadyLook.AtAsync(
            Power,
            new Effect
            {
                Id = 1,
                Kind = EffectKind.Ready,
                HostId = _id,
                TargetKey = "x",
                TargetName = "x",
                ExternalId = guest,
                Ready = ready,
                Limit = Limit,
            },
            Ct
        );
}
