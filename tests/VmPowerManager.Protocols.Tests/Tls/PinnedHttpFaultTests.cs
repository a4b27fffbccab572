using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Protocols.Tests.Nut;
using VmPowerManager.Protocols.Tls;

namespace VmPowerManager.Protocols.Tests.Tls;

/// <summary>Who answers nothing is unreachable; who answers badly is not (POLICY C4).</summary>
public sealed class PinnedHttpFaultTests
{
    private static readonly HttpLimits Short = HttpLimits.Default with { Connect = TimeSpan.FromMilliseconds(300) };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_PortRefused_IsUnreachableInTheWordsOfSsh()
    {
        using var http = new PinnedHttp(new(Loopback(FreePort())), HttpLimits.Default, TimeProvider.System);

        var fault = await FaultAsync(http);

        Assert.Equal(DeviceFault.Unreachable, fault.Fault);
        Assert.StartsWith("connection refused by 127.0.0.1:", fault.Message, StringComparison.Ordinal);
        Assert.False(fault.Sent);
    }

    [Fact]
    public async Task Get_NameThatDoesNotExist_SaysSo()
    {
        using var http = new PinnedHttp(
            new(new Uri("https://nobody.invalid")),
            HttpLimits.Default,
            TimeProvider.System
        );

        var fault = await FaultAsync(http);

        Assert.Equal(DeviceFault.Unreachable, fault.Fault);
        Assert.StartsWith("name not resolved: nobody.invalid", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_NobodyAccepts_IsUnreachableAndSilent()
    {
        using var full = new FullBacklog();
        using var http = new PinnedHttp(new(Loopback(full.Port)), Short, TimeProvider.System);

        var fault = await FaultAsync(http);

        Assert.Equal(DeviceFault.Unreachable, fault.Fault);
        Assert.Contains("no answer from", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_CallerGoesAwayWhileNobodyAccepts_NobodyWasHeard()
    {
        using var full = new FullBacklog();
        using var http = new PinnedHttp(new(Loopback(full.Port)), HttpLimits.Default, TimeProvider.System);
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(300), TimeProvider.System);
        var hearing = Hearing.Begin();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => http.Client.GetAsync("", limit.Token));

        Assert.True(hearing.NobodyAnswered);
    }

    [Fact]
    public async Task Connect_GivenUpFromOutside_IsNoSilenceOfWhatComesLater()
    {
        using var full = new FullBacklog();
        var connector = new PinnedConnector(new(Loopback(full.Port)), HttpLimits.Default, TimeProvider.System, null);
        using var leaving = new CancellationTokenSource();
        var connecting = connector.ConnectAsync(leaving.Token).AsTask();
        await Eventually.TrueAsync(() => connector.Reach.Silent, "it waits for the connection");

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
        Assert.False(connector.Reach.Silent);
    }

    [Fact]
    public async Task Get_WithinACallThatListens_AnswersAreToldToBoth_WaitingIsNot()
    {
        using var full = new FullBacklog();
        using var http = new PinnedHttp(new(Loopback(full.Port)), HttpLimits.Default, TimeProvider.System);
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(300), TimeProvider.System);
        var outer = Hearing.Begin();
        var inner = Hearing.Begin();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => http.Client.GetAsync("", limit.Token));

        Assert.Equal((false, true), (outer.NobodyAnswered, inner.NobodyAnswered));
    }

    [Fact]
    public async Task Get_CallerGoesAwayWhileTheServerThinks_SomebodyWasHeard()
    {
        await using var server = new TlsServer(TlsServer.NewCertificate(), HangAsync);
        using var http = new PinnedHttp(new(server.Url), HttpLimits.Default, TimeProvider.System);
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(300), TimeProvider.System);
        var hearing = Hearing.Begin();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => http.Client.GetAsync("", limit.Token));

        Assert.False(hearing.NobodyAnswered);
    }

    [Fact]
    public async Task Get_HangsInTheHandshake_IsTimeoutAfterTheConnectLimit()
    {
        using var mute = new TcpListener(IPAddress.Loopback, 0);
        mute.Start();
        var time = new FakeTimeProvider();
        using var http = new PinnedHttp(new(Loopback(((IPEndPoint)mute.LocalEndpoint).Port)), HttpLimits.Default, time);

        var asked = FaultAsync(http);
        using var taken = await mute.AcceptTcpClientAsync(Ct);
        // The first bytes of TLS are there: it waits for the answer to them.
        Assert.Equal(1, await taken.GetStream().ReadAsync(new byte[1], Ct));
        time.Advance(TimeSpan.FromSeconds(11));
        var fault = await asked;

        Assert.Equal(DeviceFault.Timeout, fault.Fault);
        Assert.Contains("did not finish TLS: nothing within 10 s", fault.Message, StringComparison.Ordinal);
        Assert.False(fault.Sent);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.2p1\r\n")]
    [InlineData("")]
    public async Task Get_ServerThatSpeaksNoTls_IsProtocolError(string greeting)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        using var http = new PinnedHttp(
            new(Loopback(((IPEndPoint)other.LocalEndpoint).Port)),
            HttpLimits.Default,
            TimeProvider.System
        );

        var asked = FaultAsync(http);
        using (var taken = await other.AcceptTcpClientAsync(Ct))
            await TlsServer.SayAsync(taken.GetStream(), greeting, Ct);

        Assert.Equal(DeviceFault.ProtocolError, (await asked).Fault);
    }

    [Theory]
    [InlineData("not HTTP at all\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnot a chunk\r\n")]
    [InlineData("")]
    public async Task Get_BrokenAnswer_IsProtocolErrorAndMayHaveBeenSent(string answer)
    {
        await using var server = new TlsServer(
            TlsServer.NewCertificate(),
            async (_, to, ct) =>
            {
                await TlsServer.SayAsync(to, answer, ct);
                return false;
            }
        );
        using var http = new PinnedHttp(new(server.Url), HttpLimits.Default, TimeProvider.System);

        var fault = await FaultAsync(http);

        Assert.Equal((DeviceFault.ProtocolError, true), (fault.Fault, fault.Sent));
    }

    [Fact]
    public async Task Get_CancelledWhileTheBodyComes_EndsAtOnce()
    {
        var said = new TaskCompletionSource();
        await using var server = new TlsServer(
            TlsServer.NewCertificate(),
            async (head, to, ct) =>
            {
                await TlsServer.SayAsync(to, "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf", ct);
                said.SetResult();
                return await HangAsync(head, to, ct);
            }
        );
        using var http = new PinnedHttp(new(server.Url), HttpLimits.Default, TimeProvider.System);
        using var leaving = new CancellationTokenSource();

        var asked = http.Client.GetAsync("", leaving.Token);
        await said.Task;
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
    }

    private static async Task<bool> HangAsync(string head, Stream to, CancellationToken ct)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
        return false;
    }

    private static Uri Loopback(int port) => new($"https://127.0.0.1:{port}/");

    private static int FreePort()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }

    private static Task<HttpDeviceException> FaultAsync(PinnedHttp http) =>
        Assert.ThrowsAsync<HttpDeviceException>(() => http.Client.GetAsync("", Ct));

    /// <summary>A port whose queue is full: the system answers no further connection at all, as a machine that is off.</summary>
    private sealed class FullBacklog : IDisposable
    {
        private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly List<Socket> _waiting = [];

        public FullBacklog()
        {
            _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _listener.Listen(0);
            for (var i = 0; i < 4; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
                {
                    Blocking = false,
                };
                _waiting.Add(socket);
                try
                {
                    socket.Connect(_listener.LocalEndPoint!);
                }
                catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock) { }
            }
        }

        public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

        public void Dispose()
        {
            _waiting.ForEach(s => s.Dispose());
            _listener.Dispose();
        }
    }
}
