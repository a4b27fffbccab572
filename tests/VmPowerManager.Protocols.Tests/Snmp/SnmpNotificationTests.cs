using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Lab;
using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Protocols.Tests.Snmp;

/// <summary>Traps and informs of net-snmp's snmptrap and snmpinform, and what it does not send.</summary>
public sealed class SnmpNotificationTests(SnmpLab lab)
{
    private static readonly Oid OnBattery = Oid.Parse("1.3.6.1.2.1.33.2.1");
    private static readonly Oid MinutesLeft = Oid.Parse("1.3.6.1.2.1.33.1.2.3.0");

    private static readonly SnmpUser User = new("sha-aes")
    {
        Auth = SnmpAuth.Sha1,
        AuthPassword = SnmpLab.AuthPassword,
        Privacy = SnmpPrivacy.Aes128,
        PrivacyPassword = SnmpLab.PrivacyPassword,
    };

    private readonly UsmAuthority _self = new(UsmAuthority.NewEngineId(), 1, TimeProvider.System);

    [Theory]
    [InlineData("1", SnmpVersion.V1, false)]
    [InlineData("2c", SnmpVersion.V2c, false)]
    [InlineData("2c-inform", SnmpVersion.V2c, true)]
    [InlineData("3", SnmpVersion.V3, false)]
    [InlineData("3-inform", SnmpVersion.V3, true)]
    public async Task NetSnmp_OfEveryVersion_IsReadAndAnswered(string sent, SnmpVersion version, bool inform)
    {
        await lab.RequireAsync();
        var reader = new SnmpNotificationReader(_self, TimeProvider.System);
        reader.SetUsers([User with { AuthPassword = "another1" }, User]);
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var listening = FirstAsync(socket, reader);

        // Without the answers, snmpinform fails.
        await lab.RunAsync("trap", "ups1", sent, $"127.0.0.1:{((IPEndPoint)socket.Client.LocalEndPoint!).Port}");
        var notification = await listening;

        Assert.Equal((version, inform), (notification.Version, notification.IsInform));
        Assert.True(notification.Is(OnBattery), $"{notification.TrapOid}");
        Assert.Equal(30, notification.Variables.Single(v => v.Name == MinutesLeft).Value.Integer);
        Assert.Equal(version is SnmpVersion.V3 ? null : "public", notification.Community);
        Assert.Equal(version is SnmpVersion.V3 ? User : null, notification.User);
        Assert.Equal(sent == "3" ? "80001F8803000000000001" : null, notification.EngineId);
        Assert.Equal(sent == "1" ? IPAddress.Loopback : null, notification.AgentAddress);
    }

    [Theory]
    [InlineData("1.3.6.1.4.1.318.0.5", "1.3.6.1.4.1.318.0.5", true)]
    [InlineData("1.3.6.1.4.1.318.5", "1.3.6.1.4.1.318.0.5", true)]
    [InlineData("1.3.6.1.4.1.318.0.5", "1.3.6.1.4.1.318.5", true)]
    [InlineData("1.3.6.1.4.1.318.0.6", "1.3.6.1.4.1.318.0.5", false)]
    [InlineData("1.3.6.1.4.1.0.318.5", "1.3.6.1.4.1.318.5", false)]
    public void Trap_EitherStyleOfItsOid_IsTheSame(string came, string meant, bool same) =>
        Assert.Equal(same, new SnmpNotification(SnmpVersion.V2c, Oid.Parse(came), []).Is(Oid.Parse(meant)));

    [Fact]
    public void TrapV1_Generic_IsTheStandardTrap()
    {
        var head = new SnmpTrapV1(Oid.Parse("1.3.6.1.4.1.318"), IPAddress.Any, Generic: 0, Specific: 0, UpTime: 1);

        var read = Read(
            new SnmpMessage(SnmpVersion.V1, "c", new SnmpPdu(SnmpPduType.TrapV1, 0, []) { TrapV1 = head }).Encode()
        );

        Assert.Equal("1.3.6.1.6.3.1.1.5.1", $"{read.Notification?.TrapOid}");
        Assert.Null(read.Notification?.AgentAddress);
    }

    [Fact]
    public void Datagram_NoNotification_IsRefused()
    {
        var get = new SnmpMessage(SnmpVersion.V2c, "c", new SnmpPdu(SnmpPduType.Get, 1, [])).Encode();

        Assert.NotNull(Read(get).Refusal);
        Assert.NotNull(Read([]).Refusal);
        Assert.NotNull(Read("rubbish"u8.ToArray()).Refusal);
        Assert.Null(Read(get).Reply);
    }

    [Fact]
    public void TrapV3_OldOrForged_IsRefused()
    {
        var sender = new FakeTimeProvider();
        var keys = new UsmKeys(User);
        var engine = Convert.FromHexString("80001f8803000000000009");
        var reader = new SnmpNotificationReader(_self, sender);
        reader.SetUsers([User]);
        byte[] Trap(int boots, int time, SnmpUser user)
        {
            var pdu = new SnmpPdu(SnmpPduType.Trap, 1, []);
            var message = new UsmMessage(1, engine, boots, time, "sha-aes"u8.ToArray())
            {
                IsAuthenticated = true,
                IsEncrypted = true,
            };
            var secrets = user == User ? keys : new UsmKeys(user);
            return UsmSeal.Close(message, new UsmScope(engine, [], pdu), secrets, secrets.At(engine));
        }

        bool Taken(byte[] datagram, string from = "192.0.2.1") =>
            reader.Read(datagram, IPAddress.Parse(from)).Notification is not null;

        Assert.True(Taken(Trap(5, 1000, User)));
        Assert.True(Taken(Trap(5, 1001, User)));
        Assert.True(Taken(Trap(5, 900, User)));
        Assert.False(Taken(Trap(5, 800, User)));
        Assert.False(Taken(Trap(4, 9000, User)));
        Assert.True(Taken(Trap(4, 9000, User), "192.0.2.2"));
        Assert.False(Taken(Trap(5, 1002, User with { AuthPassword = "wrongpass1" })));
        Assert.False(Taken(Trap(5, 1002, User with { PrivacyPassword = "wrongpass1" })));
        sender.Advance(TimeSpan.FromHours(1));
        Assert.False(Taken(Trap(5, 1001, User)));
        Assert.True(Taken(Trap(6, 1, User)));
    }

    private SnmpReceived Read(byte[] datagram) =>
        new SnmpNotificationReader(_self, TimeProvider.System).Read(datagram, IPAddress.Loopback);

    private static async Task<SnmpNotification> FirstAsync(UdpClient socket, SnmpNotificationReader reader)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10), TimeProvider.System);
        while (true)
        {
            var datagram = await socket.ReceiveAsync(limit.Token);
            var received = reader.Read(datagram.Buffer, datagram.RemoteEndPoint.Address);
            if (received.Reply is { } reply)
                await socket.SendAsync(reply, datagram.RemoteEndPoint, limit.Token);
            if (received.Notification is { } notification)
                return notification;
        }
    }
}
