using System.Net.NetworkInformation;
using VmPowerManager.Protocols.WakeOnLan;

namespace VmPowerManager.Protocols.Tests.WakeOnLan;

/// <summary>Packets as they arrive on real cables, in namespaces: our own sender runs there as a process of its own.</summary>
public sealed class WakeNetworkTests
{
    private const string Interface = "VMPM_WOL_INTERFACE";
    private const string Host = "VMPM_WOL_HOST";
    private const string Password = "VMPM_WOL_PASSWORD";
    private static readonly PhysicalAddress Mac = PhysicalAddress.Parse("00-11-22-33-44-55");

    private static Frame Packet(string to, string behind = "") => new(to, "001122334455", behind);

    [Fact]
    public async Task EveryNetwork_HasTheLimitedAndItsDirectedBroadcast()
    {
        await using var network = await WolNetwork.UpAsync();

        await SendAsync(network, []);

        var (lan0, lan1, received) = await network.ArrivedAsync();
        Assert.Equal(Thrice("255.255.255.255", "10.213.7.255"), lan0);
        Assert.Equal(Thrice("255.255.255.255", "10.213.8.255"), lan1);
        Assert.Equal(12, received);
    }

    [Fact]
    public async Task ChosenInterface_IsTheOnlyOne_AndThePasswordStandsBehind()
    {
        await using var network = await WolNetwork.UpAsync();

        await SendAsync(network, new() { [Interface] = "lan0", [Password] = "01:02:03:04:05:06" });

        var (lan0, lan1, received) = await network.ArrivedAsync();
        Assert.Equal(Thrice("255.255.255.255", "10.213.7.255").Select(f => f with { Behind = "010203040506" }), lan0);
        Assert.Empty(lan1);
        Assert.Equal(6, received);
    }

    [Fact]
    public async Task NamedAddress_IsTheOnlyOne()
    {
        await using var network = await WolNetwork.UpAsync();

        await SendAsync(network, new() { [Host] = "10.213.8.2" });

        var (lan0, lan1, _) = await network.ArrivedAsync();
        Assert.Empty(lan0);
        Assert.Equal(Thrice("10.213.8.2"), lan1);
    }

    [Theory]
    [InlineData(null, "lan1")]
    [InlineData("lan0", "lan0")]
    public async Task Relay_SendsARawFrame_OnTheInterface(string? device, string cable)
    {
        await using var network = await WolNetwork.UpAsync();

        await network.RunAsync([], "sh", "-c", RelayScript.Order(new WakeTarget(Mac, Interface: device)).Text);

        var (lan0, lan1, _) = await network.ArrivedAsync();
        Assert.Equal([Packet("frame")], cable == "lan0" ? lan0 : lan1);
        Assert.Empty(cable == "lan0" ? lan1 : lan0);
    }

    [Theory]
    [InlineData("python3")]
    [InlineData("perl")]
    public async Task Relay_GivenAPassword_BroadcastsOnTheInterface(string tool)
    {
        await using var network = await WolNetwork.UpAsync();
        var target = new WakeTarget(Mac, Interface: "lan0") { SecureOn = MagicPacket.Password("10.20.30.40") };
        var order = RelayScript.Order(target).Text;
        if (tool == "perl")
            order = order.Replace("-v python3", "-v no-python", StringComparison.Ordinal);

        await network.RunAsync([], "sh", "-c", $"echo {RelayScript.Input(target)!.Trim()} | {order}"); // not null: a password

        var (lan0, lan1, _) = await network.ArrivedAsync();
        Assert.Equal([Packet("255.255.255.255", "0A141E28")], lan0);
        Assert.Empty(lan1);
    }

    /// <summary>Only run by the others, inside the namespace.</summary>
    [Fact(Explicit = true)]
    public async Task Sends()
    {
        var target = new WakeTarget(
            Mac,
            Environment.GetEnvironmentVariable(Host),
            9,
            Environment.GetEnvironmentVariable(Interface)
        )
        {
            SecureOn = Environment.GetEnvironmentVariable(Password) is { } text ? MagicPacket.Password(text) : null,
        };
        await new WakeSender(TimeProvider.System).SendAsync(target, TestContext.Current.CancellationToken);
    }

    private static IEnumerable<Frame> Thrice(params string[] to) => to.SelectMany(t => Enumerable.Repeat(Packet(t), 3));

    private static Task SendAsync(WolNetwork network, Dictionary<string, string> environment) =>
        network.RunAsync(
            environment,
            "dotnet",
            typeof(WakeNetworkTests).Assembly.Location,
            "-explicit",
            "only",
            "-method",
            $"{typeof(WakeNetworkTests).FullName}.{nameof(Sends)}"
        );
}
