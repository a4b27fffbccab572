using System.Net;
using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Lab;
using VmPowerManager.Lab.Redfish;
using VmPowerManager.Protocols.Redfish;
using VmPowerManager.Protocols.Tests.Tls;
using VmPowerManager.Protocols.Tls;
using VmPowerManager.Protocols.WsMan;

namespace VmPowerManager.Protocols.Tests;

/// <summary>What a name stood for serves every client once names fail, also one that was never used before (POLICY F8).</summary>
public sealed class LastAddressesTests
{
    private readonly LastAddresses _addresses = new(TimeProvider.System);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Https_NewConversation_GoesWhereAnotherOneWas()
    {
        await using var server = new TlsServer(null, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        using var first = new PinnedHttp(
            new(At(server.Url, "localhost")),
            HttpLimits.Default,
            TimeProvider.System,
            addresses: _addresses
        );
        await first.ReachAsync(Ct);
        Assert.NotNull(_addresses.Of("localhost"));

        using var second = new PinnedHttp(
            new(At(server.Url, "pve1.invalid")),
            HttpLimits.Default,
            TimeProvider.System,
            addresses: _addresses
        );
        var unknown = await Assert.ThrowsAnyAsync<DeviceException>(() => second.ReachAsync(Ct));
        Assert.StartsWith("name not resolved", unknown.Message, StringComparison.Ordinal);
        _addresses.Note("PVE1.invalid", IPAddress.Loopback);

        await second.ReachAsync(Ct);

        Assert.Equal(IPAddress.Loopback, second.LastGood);
    }

    [Fact]
    public async Task Winrm_NameFails_ItsAddressServes()
    {
        await using var server = await WinrmServer.StartAsync("/usr/bin");
        await using var pool = new WsmanClientPool(WsmanLimits.Default, TimeProvider.System, null, _addresses);
        var endpoint = new WsmanEndpoint("hv1.invalid", server.Port, false, "u", "p", WsmanAuthentication.Basic);
        _addresses.Note("hv1.invalid", IPAddress.Loopback);

        Assert.Equal("x\n", (await pool.RunAsync(endpoint, "echo", ["x"], Ct)).Output);
    }

    [Fact]
    public async Task Redfish_NameFails_ItsAddressServes()
    {
        await using var bmc = await FakeRedfish.StartAsync();
        await using var pool = new RedfishPool(TimeProvider.System, null, _addresses);
        var endpoint = new RedfishEndpoint("bmc1.invalid", bmc.Url.Port, "oper", FakeRedfish.Password);
        _addresses.Note("bmc1.invalid", IPAddress.Loopback);

        Assert.Equal("System.Embedded.1", (await pool.RunAsync(endpoint, c => c.SystemAsync(null, Ct))).Id);
    }

    [Fact]
    public void Literals_AreNotRemembered()
    {
        _addresses.Note("192.0.2.1", IPAddress.Loopback);
        _addresses.Learn("192.0.2.1");
        _addresses.Learn("");

        Assert.Null(_addresses.Of("192.0.2.1"));
    }

    [Fact]
    public void NameThatFailsNow_KeepsWhatItStoodFor()
    {
        var time = new FakeTimeProvider();
        var addresses = new LastAddresses(time);
        addresses.Note("esx1.invalid", IPAddress.Loopback);
        time.Advance(TimeSpan.FromHours(1));

        addresses.Learn("esx1.invalid");

        Assert.Equal(IPAddress.Loopback, addresses.Of("esx1.invalid"));
    }

    private static Uri At(Uri url, string host) => new UriBuilder(url) { Host = host }.Uri;
}
