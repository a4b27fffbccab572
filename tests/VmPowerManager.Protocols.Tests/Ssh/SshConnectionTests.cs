using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using VmPowerManager.Lab;
using VmPowerManager.Protocols.Ssh;

namespace VmPowerManager.Protocols.Tests.Ssh;

public sealed class SshConnectionTests(SshLab lab)
{
    private static readonly RemoteCommand True = RemoteCommand.Of("true");

    [Theory]
    [InlineData("id_ed25519")]
    [InlineData("id_rsa")]
    [InlineData("id_ecdsa")]
    public async Task Connect_WithKey_RunsCommands(string key)
    {
        using var connection = await ConnectAsync(Lab.ByKey with { PrivateKey = Lab.Key(key) });

        var result = await connection.RunAsync(RemoteCommand.Of("id", "-un"), null, Ct);

        Assert.Equal((0, Lab.User), (result.ExitCode, result.Output.Trim()));
        Assert.StartsWith("SHA256:", connection.HostKeyFingerprint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_WithPassword_Works()
    {
        using var connection = await ConnectAsync(Lab.ByPassword);
        Assert.True((await connection.RunAsync(True, null, Ct)).Succeeded);
    }

    [Fact]
    public async Task Connect_KeyWithoutLastLineBreakAndWithCarriageReturns_Works()
    {
        var pasted = Lab.Key("id_ed25519").Trim().ReplaceLineEndings("\r\n");
        using var connection = await ConnectAsync(Lab.ByKey with { PrivateKey = pasted });
        Assert.True(connection.IsAlive);
    }

    [Fact]
    public async Task Connect_EncryptedKeyWithPassphrase_Works()
    {
        using var connection = await ConnectAsync(
            Lab.ByKey with
            {
                PrivateKey = Lab.Key("id_ed25519_enc"),
                Passphrase = SshLab.Passphrase,
            }
        );
        Assert.True(connection.IsAlive);
    }

    [Theory]
    [InlineData(null, "no passphrase")]
    [InlineData("not it", "wrong passphrase")]
    public async Task Connect_EncryptedKeyNotOpened_SaysSo(string? passphrase, string words)
    {
        var fault = await FaultAsync(
            Lab.ByKey with
            {
                PrivateKey = Lab.Key("id_ed25519_enc"),
                Passphrase = passphrase,
            }
        );
        Assert.Equal(DeviceFault.AuthenticationFailed, fault.Fault);
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_KeyIsGarbage_SaysSo()
    {
        var fault = await FaultAsync(Lab.ByKey with { PrivateKey = "no key at all" });
        Assert.Equal(DeviceFault.AuthenticationFailed, fault.Fault);
        Assert.Contains("cannot be read", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_WrongPassword_IsAuthenticationFailedWithoutThePassword()
    {
        var fault = await FaultAsync(Lab.ByPassword with { Password = "s3cretwrong" });
        Assert.Equal(DeviceFault.AuthenticationFailed, fault.Fault);
        Assert.DoesNotContain("s3cretwrong", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_OtherHostKeyThanPinned_NamesBoth()
    {
        string shown;
        using (var connection = await ConnectAsync(Lab.ByPassword))
            shown = connection.HostKeyFingerprint;
        var pinned = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

        var fault = await FaultAsync(Lab.ByPassword with { HostKeyFingerprint = pinned });

        Assert.Equal(DeviceFault.TrustChanged, fault.Fault);
        Assert.Contains(pinned, fault.Message, StringComparison.Ordinal);
        Assert.Contains(shown, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_PinnedKey_Works()
    {
        using var first = await ConnectAsync(Lab.ByPassword);
        using var second = await ConnectAsync(
            Lab.ByPassword with
            {
                HostKeyFingerprint = first.HostKeyFingerprint + "=",
            }
        );
        Assert.True(second.IsAlive);
    }

    [Fact]
    public async Task Connect_ClosedPort_IsConnectionRefused()
    {
        var fault = await FaultAsync(Lab.ByPassword with { Port = FreePort() });
        Assert.Equal(DeviceFault.Unreachable, fault.Fault);
        Assert.StartsWith("connection refused", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_UnknownName_IsNameNotResolved()
    {
        var fault = await FaultAsync(Lab.ByPassword with { Host = "nosuchhost.invalid" });
        Assert.Equal(DeviceFault.Unreachable, fault.Fault);
        Assert.Contains("name not resolved", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_NameDoesNotResolveAnyMore_TakesTheLastGoodAddress() // F8
    {
        var endpoint = Lab.ByPassword with { Host = "nosuchhost.invalid" };
        using var connection = await SshConnection.ConnectAsync(
            endpoint,
            SshLimits.Default,
            TimeProvider.System,
            IPAddress.Loopback,
            null,
            Ct
        );
        Assert.True(connection.IsAlive);
    }

    [Fact]
    public async Task Connect_PeerIsSilent_IsNoAnswer() // C4: silence
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var endpoint = Lab.ByPassword with { Port = ((IPEndPoint)silent.LocalEndpoint).Port };

        var fault = await FaultAsync(endpoint, SshLimits.Default with { Connect = TimeSpan.FromSeconds(0.5) });

        Assert.Equal(DeviceFault.Unreachable, fault.Fault);
        Assert.StartsWith("no answer from 127.0.0.1:", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_PeerSpeaksSomethingElse_IsNotTakenForSsh()
    {
        using var http = new TcpListener(IPAddress.Loopback, 0);
        http.Start();
        _ = Task.Run(async () =>
        {
            using var client = await http.AcceptTcpClientAsync();
            await client.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
        });
        var fault = await FaultAsync(Lab.ByPassword with { Port = ((IPEndPoint)http.LocalEndpoint).Port });
        Assert.Equal(DeviceFault.ProtocolError, fault.Fault);
    }

    [Fact]
    public async Task Connect_Cancelled_IsCancellation()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var endpoint = Lab.ByPassword with { Port = ((IPEndPoint)silent.LocalEndpoint).Port };
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(100), TimeProvider.System);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            SshConnection.ConnectAsync(endpoint, SshLimits.Default, TimeProvider.System, null, null, soon.Token)
        );
    }

    private SshLab Lab
    {
        get
        {
            lab.Require();
            return lab;
        }
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Task<SshConnection> ConnectAsync(SshEndpoint endpoint) =>
        SshConnection.ConnectAsync(endpoint, SshLimits.Default, TimeProvider.System, null, null, Ct);

    private static Task<DeviceException> FaultAsync(SshEndpoint endpoint, SshLimits? limits = null) =>
        Assert.ThrowsAsync<DeviceException>(() =>
            SshConnection.ConnectAsync(endpoint, limits ?? SshLimits.Default, TimeProvider.System, null, null, Ct)
        );

    private static int FreePort()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }
}
