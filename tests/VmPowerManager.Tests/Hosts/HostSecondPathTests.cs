using VmPowerManager.Hosts;
using VmPowerManager.Protocols;

namespace VmPowerManager.Tests.Hosts;

/// <summary>A host whose certificate has changed is told by SSH, if that is another way that can be trusted (F8).</summary>
public sealed class HostSecondPathTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>F8: nobody hears by SSH either, which is said beside the certificate.</summary>
    [Theory]
    [InlineData("https", true, "the certificate has changed By SSH: connection refused")]
    [InlineData("https", false, "the certificate has changed By SSH: its host key is not pinned")]
    [InlineData("ssh", true, "the certificate has changed")]
    public async Task Host_ItsCertificateHasChanged_IsToldBySshWhereThatIsAnotherWay(
        string block,
        bool pinned,
        string words
    )
    {
        var driver = new FakeDriver("web", block, "https", "ssh");
        await using var hosts = await new HostsHarness(null, driver).StartAsync();
        var https = new HttpsBlock
        {
            BaseUrl = "https://192.0.2.1:8006",
            UserName = "ann",
            Password = "pw",
        };
        var ssh = new SshBlock
        {
            Host = "127.0.0.1",
            Port = 9,
            UserName = "ann",
            Password = "pw",
            HostKeyFingerprint = pinned ? "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" : null,
        };
        var body = HostCommandsTests.Body("h1") with { Platform = "web", Https = https, Ssh = ssh };
        var id = await hosts.Commands.CreateAsync(HostsHarness.Admin, body, Ct);
        driver.Fault = new DeviceException(DeviceFault.TrustChanged, "the certificate has changed");
        var outcome = await hosts.Get<IHostPower>().HostAsync(id, HostVerb.Shutdown, Limit, Ct);
        Assert.Equal(DeviceFault.TrustChanged, outcome.Fault);
        Assert.StartsWith(words, outcome.Words, StringComparison.Ordinal);
        Assert.Equal(block == "https", outcome.Words?.Length > words.Length);
    }

    /// <summary>F8: the way that is only taken in need is looked at before; it fails nothing.</summary>
    [Fact]
    public async Task Probe_LooksAtTheSecondPath()
    {
        var driver = new FakeDriver("web", "https") { Probe = new([ACheck.Of("login", HostCheckState.Ok, "in")]) };
        await using var hosts = await new HostsHarness(null, driver).StartAsync();
        var body = HostCommandsTests.Body("h1") with
        {
            Platform = "web",
            Https = new HttpsBlock
            {
                BaseUrl = "https://192.0.2.1:8006",
                UserName = "ann",
                Password = "pw",
            },
            Ssh = new SshBlock
            {
                Host = "127.0.0.1",
                Port = 9,
                UserName = "ann",
                Password = "pw",
            },
        };
        var id = await hosts.Commands.CreateAsync(HostsHarness.Admin, body, Ct);

        var probe = (await hosts.Get<IHostPower>().ProbeAsync(id, Limit, Ct)).Value!; // not null: it ends

        Assert.True(probe.Ok);
        Assert.Equal(["login", "ssh.connect", "ssh.pinned"], probe.Checks.Select(c => c.Name));
        Assert.All(probe.Checks.Skip(1), c => Assert.Equal(HostCheckState.Warning, c.State));
    }
}
