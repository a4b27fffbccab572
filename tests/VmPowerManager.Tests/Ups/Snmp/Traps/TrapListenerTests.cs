using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using VmPowerManager.Lab;
using VmPowerManager.Protocols.Snmp;
using VmPowerManager.Storage;
using VmPowerManager.Ups;

namespace VmPowerManager.Tests.Ups.Snmp.Traps;

/// <summary>From the wire to a poll; the senders of the lab are net-snmp's snmptrap and snmpinform.</summary>
public sealed class TrapListenerTests(SnmpLab lab)
{
    private static readonly (string, string)[] Passwords =
    [
        ("authPassword", SnmpLab.AuthPassword),
        ("privPassword", SnmpLab.PrivacyPassword),
    ];

    [Theory]
    [InlineData("1")]
    [InlineData("2c")]
    [InlineData("2c-inform")]
    [InlineData("3")]
    [InlineData("3-inform")]
    public async Task NetSnmp_OfAKnownAddress_HasTheUpsRead(string version)
    {
        await lab.RequireAsync();
        await using var bench = await Bench("127.0.0.1").StartAsync();

        // Fails where an inform is not answered.
        await lab.RunAsync("trap", "ups1", version, $"{bench.To}");

        await Soon.BecomesTrueAsync(() => Task.FromResult(bench.Polls(1) == 1), "the UPS is read");
        Assert.Equal((0, 0), (bench.Polls(2), bench.Strangers));
    }

    /// <summary>As behind a container's bridge: the address says nothing.</summary>
    [Theory]
    [InlineData("2c", 2)]
    [InlineData("2c-inform", 2)]
    [InlineData("3", 1)]
    [InlineData("3-inform", 1)]
    public async Task NetSnmp_OfAnUnknownAddress_IsMatchedByUserOrCommunity(string version, int upsId)
    {
        await lab.RequireAsync();
        await using var bench = await Bench("192.0.2.77").StartAsync();

        await lab.RunAsync("trap", "ups1", version, $"{bench.To}");

        await Soon.BecomesTrueAsync(() => Task.FromResult(bench.Polls(upsId) == 1), "the UPS is read");
        Assert.Equal(0, bench.Polls(3 - upsId));
    }

    /// <summary>A v1 trap bears the agent's own address: 127.0.0.1 here, whatever it came from.</summary>
    [Fact]
    public async Task TrapV1_ThroughNat_IsMatchedByItsAgentAddress()
    {
        await using var bench = await new TrapBench()
            .Add(1, new { host = "192.0.2.77", version = "v2c" }, ("community", "other"))
            .StartAsync();
        using var sender = new UdpClient();
        var head = new SnmpTrapV1(Oid.Parse("1.3.6.1.4.1.318"), System.Net.IPAddress.Parse("192.0.2.77"), 6, 5, 1);
        var trap = new SnmpPdu(SnmpPduType.TrapV1, 0, []) { TrapV1 = head };

        await sender.SendAsync(new SnmpMessage(SnmpVersion.V1, "whatever", trap).Encode(), bench.To);

        await Soon.BecomesTrueAsync(() => Task.FromResult(bench.Polls(1) == 1), "the UPS is read");
    }

    [Fact]
    public async Task Trap_OfNobody_IsTold()
    {
        await using var bench = await Bench("192.0.2.77").StartAsync();
        using var sender = new UdpClient();

        for (var i = 0; i < 5; i++)
            await sender.SendAsync(Trap("not-ours"), bench.To);

        await Soon.BecomesTrueAsync(() => Task.FromResult(bench.Strangers == 1), "a stranger's trap is told");
        Assert.Equal((0, 0), (bench.Polls(1), bench.Polls(2)));
    }

    [Fact]
    public async Task Traps_TenThousand_AreReadByBudgetAndTheNextOnesAreHeard()
    {
        await using var bench = await Bench("127.0.0.1").StartAsync();
        using var sender = new UdpClient();
        var trap = Trap("public");

        for (var i = 0; i < 10_000; i++)
            await sender.SendAsync(trap, bench.To);

        await Soon.BecomesTrueAsync(() => Task.FromResult(bench.Polls(1) > 0), "some are read");
        var flooded = bench.Polls(1);
        Assert.InRange(flooded, 1, 500);
        await Soon.BecomesTrueAsync(
            async () =>
            {
                await sender.SendAsync(trap, bench.To);
                return bench.Polls(1) > flooded;
            },
            "a trap after the flood is heard"
        );
    }

    [Fact]
    public async Task Rubbish_OfAnyKind_LeavesItListening()
    {
        await using var bench = await Bench("127.0.0.1").StartAsync();
        using var sender = new UdpClient();
        byte[][] rubbish =
        [
            [],
            [0x30],
            "GET / HTTP/1.1"u8.ToArray(),
            new byte[60_000],
            Trap("public")[..^4],
        ];
        foreach (var datagram in rubbish)
            await sender.SendAsync(datagram, bench.To);

        await sender.SendAsync(Trap("public"), bench.To);

        await Soon.BecomesTrueAsync(() => Task.FromResult(bench.Polls(1) == 1), "the UPS is read");
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("1162", 1162)]
    public void Setting_Port_IsRead(string? text, int? port) => Assert.Equal(port, Port(text).Number);

    [Theory]
    [InlineData("65536")]
    [InlineData("-1")]
    [InlineData("on")]
    public void Setting_NoPort_RefusesToStart(string text) =>
        Assert.Contains(text, Assert.Throws<StartRefusedException>(() => Port(text)).Message, StringComparison.Ordinal);

    private static TrapPort Port(string? text) =>
        TrapPort.From(
            new ConfigurationBuilder()
                .AddInMemoryCollection(new Dictionary<string, string?> { ["Snmp:TrapPort"] = text })
                .Build()
        );

    /// <summary>UPS 1 with v3 at that address, UPS 2 with v2c elsewhere.</summary>
    private static TrapBench Bench(string host) =>
        new TrapBench()
            .Add(
                1,
                new
                {
                    host,
                    version = "v3",
                    userName = "sha-aes",
                    authProtocol = "sha1",
                    privProtocol = "aes128",
                },
                Passwords
            )
            .Add(2, new { host = "192.0.2.2", version = "v2c" });

    private static byte[] Trap(string community) =>
        new SnmpMessage(
            SnmpVersion.V2c,
            community,
            new SnmpPdu(
                SnmpPduType.Trap,
                1,
                [new(Oid.Parse("1.3.6.1.6.3.1.1.4.1.0"), SnmpValue.OfObjectId(Oid.Parse("1.3.6.1.4.1.318.0.5")))]
            )
        ).Encode();
}
