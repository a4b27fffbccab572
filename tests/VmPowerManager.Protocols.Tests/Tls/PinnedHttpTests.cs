using System.Net;
using VmPowerManager.Protocols.Tls;

namespace VmPowerManager.Protocols.Tests.Tls;

public sealed class PinnedHttpTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_PinnedCertificate_Answers()
    {
        await using var server = new TlsServer(TlsServer.NewCertificate(), TlsServer.Ok("hello"));
        using var http = To(server, Fingerprints.Of(server.Certificate!));

        var response = await http.Client.GetAsync("x/y?z=1", Ct);

        Assert.Equal("hello", await response.Content.ReadAsStringAsync(Ct));
        Assert.StartsWith("GET /x/y?z=1 HTTP/1.1", Assert.Single(server.Requests), StringComparison.Ordinal);
        Assert.Equal(Fingerprints.Of(server.Certificate!), http.Seen);
    }

    [Fact]
    public async Task Get_NothingPinned_TellsTheFirstCertificateOnceAndHoldsToIt()
    {
        var told = new List<string>();
        await using var server = new TlsServer(TlsServer.NewCertificate(), TlsServer.Ok("hello"));
        var first = Fingerprints.Of(server.Certificate!);
        using var http = new PinnedHttp(new(server.Url), HttpLimits.Default, TimeProvider.System, told.Add);

        await http.Client.GetAsync("", Ct);
        server.DropConnections();
        await http.Client.GetAsync("", Ct);
        server.Certificate = TlsServer.NewCertificate();
        server.DropConnections();
        var fault = await FaultAsync(http);

        Assert.Equal(first, Assert.Single(told));
        Assert.Equal(DeviceFault.TrustChanged, fault.Fault);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task Get_OtherCertificate_IsTrustChangedAndNothingIsSent()
    {
        await using var server = new TlsServer(TlsServer.NewCertificate(), TlsServer.Ok("hello"));
        var pinned = Fingerprints.Of(TlsServer.NewCertificate());
        using var http = To(server, pinned);

        var fault = await FaultAsync(http);

        Assert.Equal(DeviceFault.TrustChanged, fault.Fault);
        Assert.Contains(pinned, fault.Message, StringComparison.Ordinal);
        Assert.Contains(Fingerprints.Of(server.Certificate!), fault.Message, StringComparison.Ordinal);
        Assert.False(fault.Sent);
        Assert.Empty(server.Requests);
        Assert.Equal(Fingerprints.Of(server.Certificate!), http.Seen);
    }

    [Fact]
    public async Task Get_PlainHttpAsWritten_Works()
    {
        await using var server = new TlsServer(null, TlsServer.Ok("plain"));
        using var http = To(server, null);

        Assert.Equal("plain", await http.Client.GetStringAsync("", Ct));
        Assert.Null(http.Seen);
    }

    [Fact]
    public void New_PlainHttpWithFingerprint_IsRefused()
    {
        var pinned = Fingerprints.Of(new byte[1]);
        var fault = Assert.Throws<DeviceException>(() =>
            new PinnedHttp(new(new Uri("http://127.0.0.1"), pinned), HttpLimits.Default, TimeProvider.System)
        );
        Assert.Equal(DeviceFault.Refused, fault.Fault);
    }

    [Fact]
    public async Task Get_Redirect_IsNotFollowed()
    {
        await using var elsewhere = new TlsServer(null, TlsServer.Ok("caught"));
        await using var server = new TlsServer(
            null,
            $"HTTP/1.1 302 Found\r\nLocation: {elsewhere.Url}\r\nContent-Length: 0\r\n\r\n"
        );
        using var http = To(server, null);

        var response = await http.Client.GetAsync("", Ct);

        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        Assert.Equal(DeviceFault.ProtocolError, HttpFailure.Of(response.StatusCode));
        Assert.Equal(0, elsewhere.Connections);
    }

    [Fact]
    public async Task Get_LinkToAnotherServer_IsNotMade()
    {
        await using var elsewhere = new TlsServer(null, TlsServer.Ok("caught"));
        await using var server = new TlsServer(null, TlsServer.Ok("hello"));
        using var http = To(server, null);

        await Assert.ThrowsAsync<DeviceException>(() => http.Client.GetAsync(elsewhere.Url, Ct));

        Assert.Equal(0, elsewhere.Connections);
    }

    [Theory]
    [InlineData("Content-Length: 99999999\r\n\r\n")]
    [InlineData("\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n")]
    public async Task Get_EndlessBody_IsCutOff(string head)
    {
        await using var server = new TlsServer(
            null,
            async (_, to, ct) =>
            {
                await TlsServer.SayAsync(to, "HTTP/1.1 200 OK\r\n" + head, ct);
                while (true)
                    await TlsServer.SayAsync(to, "400\r\n" + new string('x', 0x400) + "\r\n", ct);
            }
        );
        using var http = new PinnedHttp(
            new(server.Url),
            HttpLimits.Default with
            {
                BodyBytes = 100_000,
            },
            TimeProvider.System
        );

        var fault = await FaultAsync(http);

        Assert.Equal(DeviceFault.ProtocolError, fault.Fault);
        Assert.Contains("97 KiB", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_EndlessHeaders_IsProtocolError()
    {
        await using var server = new TlsServer(
            null,
            async (_, to, ct) =>
            {
                await TlsServer.SayAsync(to, "HTTP/1.1 200 OK\r\n", ct);
                while (true)
                    await TlsServer.SayAsync(to, $"X-A: {new string('x', 0x400)}\r\n", ct);
            }
        );
        using var http = To(server, null);

        Assert.Equal(DeviceFault.ProtocolError, (await FaultAsync(http)).Fault);
    }

    [Fact]
    public async Task Get_ConnectionDroppedBetween_IsMadeAnew()
    {
        await using var server = new TlsServer(TlsServer.NewCertificate(), TlsServer.Ok("hello"));
        using var http = To(server, Fingerprints.Of(server.Certificate!));
        await http.Client.GetAsync("", Ct);
        await http.Client.GetAsync("", Ct);
        Assert.Equal(1, server.Connections);
        server.DropConnections();

        Assert.Equal("hello", await http.Client.GetStringAsync("", Ct));
        Assert.Equal(2, server.Connections);
    }

    private static PinnedHttp To(TlsServer server, string? fingerprint) =>
        new(new(server.Url, fingerprint), HttpLimits.Default, TimeProvider.System);

    private static Task<HttpDeviceException> FaultAsync(PinnedHttp http) =>
        Assert.ThrowsAsync<HttpDeviceException>(() => http.Client.GetAsync("", Ct));
}
