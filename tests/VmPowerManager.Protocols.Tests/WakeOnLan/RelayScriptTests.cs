using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using VmPowerManager.Lab;
using VmPowerManager.Protocols.Ssh;
using VmPowerManager.Protocols.WakeOnLan;

namespace VmPowerManager.Protocols.Tests.WakeOnLan;

/// <summary>Through a real sshd, as a user without rights.</summary>
public sealed class RelayScriptTests(SshLab lab)
{
    private static readonly PhysicalAddress Mac = PhysicalAddress.Parse("00-11-22-33-44-55");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PlainUser_SendsByWakeonlan()
    {
        lab.Require();
        if (!File.Exists("/usr/bin/wakeonlan"))
            Assert.Skip("wakeonlan is not installed");
        using var listener = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var target = new WakeTarget(Mac, "127.0.0.1", ((IPEndPoint)listener.Client.LocalEndPoint!).Port); // bound

        var checkedTool = await RunAsync(RelayScript.Check(target));
        var sent = await RunAsync(RelayScript.Order(target));

        Assert.Equal("wakeonlan", checkedTool.Output.Trim());
        Assert.StartsWith("wakeonlan", sent.Output, StringComparison.Ordinal);
        Assert.Equal(MagicPacket.For(Mac), (await listener.ReceiveAsync(Ct)).Buffer);
        Assert.Equal(0, listener.Available);
    }

    [Theory]
    [InlineData("python3")]
    [InlineData("perl")]
    public async Task Password_IsReadFromTheInput_AndInNoArgument(string tool)
    {
        lab.Require();
        using var listener = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var target = new WakeTarget(Mac, "127.0.0.1", ((IPEndPoint)listener.Client.LocalEndPoint!).Port) // bound
        {
            SecureOn = MagicPacket.Password("c4:a7:9e:15:b3:6d"),
        };
        var order = RelayScript.Order(target).Text;
        if (tool == "perl")
            order = order.Replace("-v python3", "-v no-python", StringComparison.Ordinal);

        var sent = await RunAsync(RemoteCommand.AsGiven(order), RelayScript.Input(target));

        Assert.Equal(tool, sent.Output.Trim());
        Assert.DoesNotContain("9e", order, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(MagicPacket.For(Mac, target.SecureOn), (await listener.ReceiveAsync(Ct)).Buffer);
        Assert.Equal(0, listener.Available);
    }

    [Fact]
    public async Task NothingThatKnowsThePassword_SaysWhatIsMissing()
    {
        lab.Require();
        var target = new WakeTarget(Mac) { SecureOn = MagicPacket.Password("192.0.2.1") };
        var order = RelayScript
            .Order(target)
            .Text.Replace("-v python3", "-v no-python", StringComparison.Ordinal)
            .Replace("-v perl", "-v no-perl", StringComparison.Ordinal);

        var result = await RunAsync(RemoteCommand.AsGiven(order), RelayScript.Input(target));

        Assert.Equal(127, result.ExitCode);
        Assert.Contains("none of python3, perl", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$(touch {0})")]
    [InlineData("'; touch {0}; '")]
    [InlineData("\" `touch {0}` \"")]
    public async Task Values_AreData(string hostile)
    {
        lab.Require();
        var mark = Path.Combine(lab.Folder, $"mark-{Guid.NewGuid():N}");
        var value = hostile.Replace("{0}", mark, StringComparison.Ordinal);

        await RunAsync(RelayScript.Order(new WakeTarget(Mac, value, 9, value)));
        await RunAsync(RelayScript.Order(new WakeTarget(Mac, null, 9, value)));

        Assert.False(File.Exists(mark));
    }

    private async Task<SshResult> RunAsync(RemoteCommand command, string? input = null)
    {
        var endpoint = lab.ByPassword;
        using var connection = await SshConnection.ConnectAsync(
            endpoint,
            SshLimits.Default,
            TimeProvider.System,
            null,
            null,
            Ct
        );
        return await connection.RunAsync(command, input, Ct);
    }
}
