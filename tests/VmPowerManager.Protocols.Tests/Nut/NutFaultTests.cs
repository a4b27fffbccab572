using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Protocols.Nut;

namespace VmPowerManager.Protocols.Tests.Nut;

/// <summary>Servers that do not behave.</summary>
public sealed class NutFaultTests
{
    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", "HTTP/1.1 400")]
    [InlineData("\u0001\u0002\u0003\n", "\\u0001")]
    [InlineData("VAR other ups.status \"OL\"\n", "other")]
    [InlineData("VAR ups1 ups.load \"23\"\n", "ups.load")]
    [InlineData("VAR ups1 ups.status\n", "ups.status")]
    [InlineData("VAR ups1 ups.status \"OL\n", "inside quotes")]
    [InlineData("ERR\n", "ERR")]
    public async Task GetVariable_Garbage_IsProtocolErrorWithItsWords(string answer, string words)
    {
        await using var server = new FakeUpsd(_ => answer);
        await using var client = await ConnectAsync(server);

        var failure = await Assert.ThrowsAsync<DeviceException>(() =>
            client.GetVariableAsync("ups1", "ups.status", default)
        );

        Assert.Equal(DeviceFault.ProtocolError, failure.Fault);
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
        Assert.True(client.IsBroken);
    }

    [Fact]
    public async Task Connect_ToSshBanner_IsProtocolError()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var endpoint = new NutEndpoint("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port);
        await using var client = await NutClient.ConnectAsync(endpoint, TimeProvider.System, null, default);
        using var peer = await listener.AcceptSocketAsync();
        await peer.SendAsync(Encoding.ASCII.GetBytes("SSH-2.0-OpenSSH_9.2\r\n"));

        var failure = await Assert.ThrowsAsync<DeviceException>(() =>
            client.GetVariableAsync("ups1", "ups.status", default)
        );

        listener.Stop();
        Assert.Equal(DeviceFault.ProtocolError, failure.Fault);
        Assert.Contains("SSH-2.0", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetVariable_EndlessLine_IsProtocolErrorInBoundedMemory()
    {
        await using var server = new FakeUpsd(
            async (_, stream, ct) =>
            {
                var block = new string('x', 4096);
                for (var i = 0; i < 1000; i++)
                    await FakeUpsd.SendAsync(stream, block, ct);
            }
        );
        await using var client = await ConnectAsync(server);

        var failure = await Assert.ThrowsAsync<DeviceException>(() =>
            client.GetVariableAsync("ups1", "ups.status", default)
        );

        Assert.Equal(DeviceFault.ProtocolError, failure.Fault);
    }

    [Fact]
    public async Task ListVariables_EndlessList_IsProtocolError()
    {
        await using var server = new FakeUpsd(
            async (_, stream, ct) =>
            {
                await FakeUpsd.SendAsync(stream, "BEGIN LIST VAR ups1\n", ct);
                for (var i = 0; i < 100_000; i++)
                    await FakeUpsd.SendAsync(stream, $"VAR ups1 a.{i} \"1\"\n", ct);
            }
        );
        await using var client = await ConnectAsync(server);

        var failure = await Assert.ThrowsAsync<DeviceException>(() => client.ListVariablesAsync("ups1", default));

        Assert.Equal(DeviceFault.ProtocolError, failure.Fault);
    }

    [Theory]
    [InlineData("VAR ups1 ups.sta")]
    [InlineData("")]
    public async Task GetVariable_HalfAnAnswerThenClosed_IsUnreachable(string half)
    {
        await using var server = new FakeUpsd(
            async (_, stream, ct) =>
            {
                await FakeUpsd.SendAsync(stream, half, ct);
                await stream.DisposeAsync();
            }
        );
        await using var client = await ConnectAsync(server);

        var failure = await Assert.ThrowsAsync<DeviceException>(() =>
            client.GetVariableAsync("ups1", "ups.status", default)
        );

        Assert.Equal(DeviceFault.Unreachable, failure.Fault);
        Assert.True(client.IsBroken);
    }

    [Fact]
    public async Task GetVariable_ServerHangs_IsTimeout()
    {
        var time = new FakeTimeProvider();
        await using var server = new FakeUpsd(_ => null);
        await using var client = await NutClient.ConnectAsync(
            new NutEndpoint("127.0.0.1", server.Port),
            time,
            null,
            default
        );

        var call = client.GetVariableAsync("ups1", "ups.status", default);
        await Eventually.TrueAsync(() => !server.Requests.IsEmpty, "the request arrives");
        time.Advance(TimeSpan.FromSeconds(6));

        var failure = await Assert.ThrowsAsync<DeviceException>(() => call);
        Assert.Equal(DeviceFault.Timeout, failure.Fault);
        Assert.True(client.IsBroken);
    }

    [Fact]
    public async Task GetVariable_CallerGivesUp_IsCancelledAndTheConnectionIsOfNoUse()
    {
        await using var server = new FakeUpsd(_ => null);
        await using var client = await ConnectAsync(server);
        using var giveUp = new CancellationTokenSource();

        var call = client.GetVariableAsync("ups1", "ups.status", giveUp.Token);
        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.True(client.IsBroken);
    }

    [Fact]
    public async Task SignIn_Refused_DoesNotShowThePassword()
    {
        await using var server = new FakeUpsd(line =>
            line.StartsWith("PASSWORD", StringComparison.Ordinal) ? "ERR INVALID-PASSWORD\n" : "OK\n"
        );
        var endpoint = new NutEndpoint("127.0.0.1", server.Port) { UserName = "admin", Password = "s3cr3t x" };

        var failure = await Assert.ThrowsAsync<DeviceException>(() =>
            NutClient.OpenAsync(endpoint, TimeProvider.System, null, default)
        );

        Assert.Equal(DeviceFault.AuthenticationFailed, failure.Fault);
        Assert.DoesNotContain("s3cr3t", failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", endpoint.ToString(), StringComparison.Ordinal);
        Assert.Contains("PASSWORD \"s3cr3t x\"", server.Requests);
    }

    [Fact]
    public async Task Open_StartTlsWhereThereIsNone_IsUnsupportedAndNothingIsSentInClear()
    {
        await using var server = new FakeUpsd(line =>
            FakeUpsd.Usual(line, l => l == "STARTTLS" ? "ERR FEATURE-NOT-CONFIGURED\n" : null)
        );
        var endpoint = new NutEndpoint("127.0.0.1", server.Port)
        {
            StartTls = true,
            UserName = "admin",
            Password = "secret",
        };

        var failure = await Assert.ThrowsAsync<DeviceException>(() =>
            NutClient.OpenAsync(endpoint, TimeProvider.System, null, default)
        );

        Assert.Equal(DeviceFault.Unsupported, failure.Fault);
        Assert.Equal(["STARTTLS"], server.Requests);
    }

    [Fact]
    public async Task Open_DataAheadOfTls_IsProtocolError()
    {
        await using var server = new FakeUpsd(_ => "OK STARTTLS\nVAR ups1 ups.status \"OL\"\n");
        var endpoint = new NutEndpoint("127.0.0.1", server.Port) { StartTls = true };

        var failure = await Assert.ThrowsAsync<DeviceException>(() =>
            NutClient.OpenAsync(endpoint, TimeProvider.System, null, default)
        );

        Assert.Equal(DeviceFault.ProtocolError, failure.Fault);
    }

    [Theory]
    [InlineData("127.0.0.1", 1)]
    [InlineData("no-such-host.invalid", 3493)]
    public async Task Connect_NobodyThere_IsUnreachable(string host, int port)
    {
        var failure = await Assert.ThrowsAsync<DeviceException>(() =>
            NutClient.ConnectAsync(new NutEndpoint(host, port), TimeProvider.System, null, default)
        );

        Assert.Equal(DeviceFault.Unreachable, failure.Fault);
        Assert.Contains(host, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_NameDoesNotResolveAnyMore_LastGoodAddressServes()
    {
        await using var server = new FakeUpsd(line => FakeUpsd.Usual(line));
        var endpoint = new NutEndpoint("no-such-host.invalid", server.Port);

        await using var client = await NutClient.ConnectAsync(
            endpoint,
            TimeProvider.System,
            IPAddress.Loopback,
            default
        );

        Assert.Equal("OL", await client.GetVariableAsync("ups1", "ups.status", default));
    }

    private static Task<NutClient> ConnectAsync(FakeUpsd server) =>
        NutClient.ConnectAsync(new NutEndpoint("127.0.0.1", server.Port), TimeProvider.System, null, default);
}
