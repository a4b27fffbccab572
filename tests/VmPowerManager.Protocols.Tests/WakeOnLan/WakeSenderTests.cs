using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using VmPowerManager.Protocols.WakeOnLan;

namespace VmPowerManager.Protocols.Tests.WakeOnLan;

/// <summary>Magic packets, as they arrive on a real socket.</summary>
public sealed class WakeSenderTests : IDisposable
{
    private static readonly PhysicalAddress Mac = PhysicalAddress.Parse("00-11-22-33-44-55");
    private readonly UdpClient _listener = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly WakeSender _sender = new(TimeProvider.System);

    private int Port => ((IPEndPoint?)_listener.Client.LocalEndPoint)?.Port ?? 0;

    public void Dispose() => _listener.Dispose();

    [Fact]
    public void Packet_IsSixTimesFF_ThenTheAddressSixteenTimes()
    {
        var packet = MagicPacket.For(Mac);

        Assert.Equal(102, packet.Length);
        Assert.All(packet[..6], b => Assert.Equal(0xFF, b));
        for (var i = 0; i < 16; i++)
            Assert.Equal([0x00, 0x11, 0x22, 0x33, 0x44, 0x55], packet[(6 + (i * 6))..(12 + (i * 6))]);
    }

    [Fact]
    public void Packet_OfNoMacAddress_IsRefused() =>
        Assert.Equal(
            DeviceFault.Refused,
            Assert.Throws<DeviceException>(() => MagicPacket.For(PhysicalAddress.Parse("0011223344556677"))).Fault
        );

    [Theory]
    [InlineData("00:11:22:33:44:55", "001122334455")]
    [InlineData("aa-BB-01-02", "AABB0102")]
    [InlineData("192.0.2.1", "C0000201")]
    public void Password_StandsBehindThePacket(string text, string bytes)
    {
        var packet = MagicPacket.For(Mac, MagicPacket.Password(text));

        Assert.Equal(bytes, Convert.ToHexString(packet[102..]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("secret")]
    [InlineData("1.2.3.256")]
    [InlineData("00:11:22:33:44")]
    [InlineData("00:11:22:33:44:5g")]
    public void Password_OfAnotherForm_IsNone(string text) => Assert.Null(MagicPacket.Password(text));

    [Fact]
    public async Task Send_ToAnAddress_ArrivesAsOftenAsAsked()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        var words = await _sender.SendAsync(new WakeTarget(Mac, "127.0.0.1", Port), stop.Token);

        for (var i = 0; i < 3; i++)
        {
            var got = await _listener.ReceiveAsync(stop.Token);
            Assert.Equal(MagicPacket.For(Mac), got.Buffer);
        }
        Assert.Equal($"magic packet sent to 127.0.0.1:{Port}", words);
    }

    [Fact]
    public async Task Send_FromAChosenInterface_ArrivesByItsDirectedBroadcast()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        using var any = new UdpClient(new IPEndPoint(IPAddress.Any, 0));
        var port = ((IPEndPoint?)any.Client.LocalEndPoint)?.Port ?? 0;
        var words = await _sender.SendAsync(new WakeTarget(Mac, Port: port, Interface: "127.0.0.1"), stop.Token);

        Assert.Contains("127.255.255.255", words, StringComparison.Ordinal);
        Assert.Equal(MagicPacket.For(Mac), (await any.ReceiveAsync(stop.Token)).Buffer);
    }

    [Fact]
    public async Task Send_FromAnInterfaceThatIsNot_SaysSo()
    {
        var e = await Assert.ThrowsAsync<DeviceException>(() =>
            _sender.SendAsync(new WakeTarget(Mac, Interface: "nowhere0"), CancellationToken.None)
        );
        Assert.Equal(
            (DeviceFault.Unreachable, true),
            (e.Fault, e.Message.Contains("nowhere0", StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task Send_ToANameThatIsNot_SaysSo()
    {
        var e = await Assert.ThrowsAsync<DeviceException>(() =>
            _sender.SendAsync(new WakeTarget(Mac, "no-such-name.invalid"), CancellationToken.None)
        );
        Assert.StartsWith("name not resolved", e.Message, StringComparison.Ordinal);
    }
}
