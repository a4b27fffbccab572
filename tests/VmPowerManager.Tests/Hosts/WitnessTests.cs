using System.Net;
using System.Net.Sockets;
using VmPowerManager.Hosts;

namespace VmPowerManager.Tests.Hosts;

/// <summary>POLICY C4: false is silence; what could not be asked is neither.</summary>
public sealed class WitnessTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TakesOrRefusesAConnection_IsAnAnswer()
    {
        using var open = new TcpListener(IPAddress.Loopback, 0);
        open.Start();
        var port = ((IPEndPoint)open.LocalEndpoint).Port;
        Assert.True(await AskAsync($"127.0.0.1:{port}"));
        open.Stop();
        Assert.True(await AskAsync($"127.0.0.1:{port}"));
    }

    [Fact]
    public async Task PacketsAreDropped_IsSilence()
    {
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        var port = ((IPEndPoint)full.LocalEndPoint!).Port; // not null: bound
        var waiting = Enumerable.Range(0, 4).Select(_ => Knock(port)).ToList();

        Assert.False(await AskAsync($"127.0.0.1:{port}"));

        waiting.ForEach(s => s.Dispose());
    }

    [Fact]
    public async Task NameIsNotResolved_IsNothing_UnlessAnAddressIsKnown()
    {
        Assert.Null(await AskAsync("nosuchhost.invalid:22"));
        Assert.Null(await AskAsync("nosuchhost.invalid"));
        // Port 1 is closed here.
        Assert.True(await AskAsync("nosuchhost.invalid:1", IPAddress.Loopback));
    }

    /// <summary>A broadcast address takes no TCP, which our own system says.</summary>
    [Fact]
    public async Task TroubleOfOurOwn_IsNothing() => Assert.Null(await AskAsync("255.255.255.255:22"));

    private static Task<bool?> AskAsync(string witness, IPAddress? lastGood = null) =>
        Witness.AnswersAsync(witness, lastGood, Limit, TimeProvider.System, Ct);

    private static Socket Knock(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        try
        {
            socket.Connect(IPAddress.Loopback, port);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock) { }
        return socket;
    }
}
