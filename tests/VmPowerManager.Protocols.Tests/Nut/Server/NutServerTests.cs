using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using VmPowerManager.Protocols.Nut;
using VmPowerManager.Protocols.Nut.Server;

namespace VmPowerManager.Protocols.Tests.Nut.Server;

/// <summary>The server over TCP, with NUT's own programs and with our client.</summary>
public sealed class NutServerTests : IAsyncDisposable
{
    private readonly ServedDevice _device = new("ups1");
    private readonly NutServer _server;

    public NutServerTests() =>
        _server = NutServer.Start(
            new IPEndPoint(IPAddress.Loopback, 0),
            [_device],
            [new NutServerUser("admin", "secret", true)],
            TimeProvider.System,
            mostClients: 4
        );

    private string Target => $"ups1@127.0.0.1:{_server.EndPoint.Port}";

    [Fact]
    public async Task Upsc_ReadsAllVariables()
    {
        var shown = await RunAsync("upsc", Target);

        Assert.Equal(_device.Variables.Count, shown.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("battery.charge: 97.5\n", shown, StringComparison.Ordinal);
        Assert.Contains("ups.mfr: A \"quoted\" \\ name\n", shown, StringComparison.Ordinal);
        Assert.Equal("ups1: The ups1\n", await RunAsync("upsc", "-L", $"127.0.0.1:{_server.EndPoint.Port}"));
    }

    [Fact]
    public async Task Upscmd_ListsRunsAndTracks()
    {
        Assert.Contains("load.off.delay", await RunAsync("upscmd", "-l", Target), StringComparison.Ordinal);

        await RunAsync("upscmd", "-u", "admin", "-p", "secret", "-w", Target, "load.off.delay", "30");

        Assert.Equal(["load.off.delay 30"], _device.Ran);
    }

    [Fact]
    public async Task Upscmd_WrongPassword_IsDenied()
    {
        await RunAsync("upscmd", 1, "-u", "admin", "-p", "wrong", Target, "beeper.mute");

        Assert.Empty(_device.Ran);
    }

    [Fact]
    public async Task Upsrw_ShowsBoundsAndSets()
    {
        var shown = await RunAsync("upsrw", Target);
        Assert.Contains("Option: \"low\"", shown, StringComparison.Ordinal);
        Assert.Contains("Type: RANGE", shown, StringComparison.Ordinal);

        await RunAsync("upsrw", "-s", "ups.delay.shutdown=90", "-u", "admin", "-p", "secret", "-w", Target);

        Assert.Equal("90", _device.Find("ups.delay.shutdown"));
    }

    [Fact]
    public async Task NutClient_ReadsAndCommands()
    {
        var endpoint = new NutEndpoint("127.0.0.1", _server.EndPoint.Port) { UserName = "admin", Password = "secret" };
        var ct = TestContext.Current.CancellationToken;
        await using var client = await NutClient.OpenAsync(endpoint, TimeProvider.System, null, ct);

        Assert.Equal("ups1", Assert.Single(await client.ListUpsAsync(ct)).Name);
        Assert.Equal(_device.Variables, await client.ListVariablesAsync("ups1", ct));
        Assert.Equal(NutCredential.Accepted, await client.CheckCredentialsAsync("ups1", ct));
        await client.RunCommandAsync("ups1", "beeper.mute", null, ct);
        Assert.Equal(["beeper.mute"], _device.Ran);
    }

    [Fact]
    public async Task Client_TooLongALine_IsDroppedAndTheOthersAreNot()
    {
        using var rude = await ConnectAsync();
        await rude.SendAsync(new byte[20_000]);
        await AssertClosedAsync(rude);

        Assert.Contains("battery.charge", await RunAsync("upsc", Target), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clients_OneTooMany_IsTurnedAway()
    {
        var clients = new List<Socket>();
        for (var i = 0; i < 4; i++)
        {
            clients.Add(await ConnectAsync());
            Assert.Equal("1.3\n", await AskAsync(clients[^1], "NETVER\n"));
        }
        using var late = await ConnectAsync();
        await AssertClosedAsync(late);

        clients.ForEach(client => client.Dispose());
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_server.EndPoint, TestContext.Current.CancellationToken);
        return socket;
    }

    private static async Task<string> AskAsync(Socket socket, string line)
    {
        await socket.SendAsync(Encoding.ASCII.GetBytes(line));
        var buffer = new byte[1000];
        var read = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        return Encoding.ASCII.GetString(buffer, 0, read);
    }

    private static async Task AssertClosedAsync(Socket socket)
    {
        try
        {
            Assert.Equal(0, await socket.ReceiveAsync(new byte[10], TestContext.Current.CancellationToken));
        }
        catch (SocketException e)
        {
            Assert.Equal(SocketError.ConnectionReset, e.SocketErrorCode);
        }
    }

    private static Task<string> RunAsync(string program, params string[] arguments) => RunAsync(program, 0, arguments);

    private static async Task<string> RunAsync(string program, int exitCode, params string[] arguments)
    {
        var path = $"/usr/bin/{program}";
        if (!File.Exists(path) && !NutLab.Required)
            Assert.Skip($"{path} is not installed.");
        using var process = Process.Start(
            new ProcessStartInfo(path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
        );
        Assert.NotNull(process);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == exitCode, $"{program} ended with {process.ExitCode}: {output}{await error}");
        return output;
    }
}
