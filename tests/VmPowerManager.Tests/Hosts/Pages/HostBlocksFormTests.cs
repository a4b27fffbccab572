using Bunit;
using VmPowerManager.Hosts;
using VmPowerManager.Hosts.Pages;
using VmPowerManager.Protocols.Tls;

namespace VmPowerManager.Tests.Hosts.Pages;

/// <summary>The form of platforms that are reached over HTTPS or WinRM, and of those with several ways in.</summary>
public sealed class HostBlocksFormTests : HostScreen
{
    private static readonly string Certificate = Fingerprints.Of([1]);
    private readonly FakeDriver _web = new("pbs", "https", "ssh");
    private readonly FakeDriver _windows = new("windows", "ssh", "winrm") { AnyBlock = true };

    private readonly FakeDriver _managed = new("vsphere", "https", "direct", "ssh");

    protected override IEnumerable<FakeDriver> More => [_web, _windows, _managed];

    [Fact]
    public void Https_CertificateApproved_IsPinned()
    {
        _web.Probe = new([ACheck.Of("login", HostCheckState.Ok, "in")], CertificateFingerprint: Certificate);
        var form = Begun("Proxmox Backup Server");
        Type(form, "Address (URL)", "https://a:8006");
        form.FindAll("input[type=radio]")[^2].Click();
        form.Settle();
        Type(form, "User name", "u");
        Type(form, "Password", "p");
        Click(form, "Test");
        form.WaitForAssertion(() => Assert.Contains("showed this certificate", form.Markup, StringComparison.Ordinal));
        Assert.Contains(Fingerprints.Hexadecimal(Certificate)!, form.Markup, StringComparison.Ordinal); // not null: it is one

        Click(form, "Approve this certificate");
        Click(form, "Add the host");

        form.WaitForAssertion(() => Assert.Single(Hosts.Queries.Hosts()));
        Assert.Equal(Certificate, Hosts.Queries.Hosts()[0].Https?.CertificateFingerprint);
    }

    [Fact]
    public void Https_ByToken_SendsNoPassword()
    {
        var form = Begun("Proxmox Backup Server");
        Type(form, "Address (URL)", "https://a:8006");
        form.FindAll("input[type=radio]")[^1].Click();
        form.Settle();
        Type(form, "Token ID", "root@pam!vhp");
        Type(form, "Secret of the token", "s");
        Save(form);

        form.WaitForAssertion(() => Assert.Single(Hosts.Queries.Hosts()));
        var https = Hosts.Queries.Hosts()[0].Https;
        Assert.Equal((null, "root@pam!vhp", true), (https?.UserName, https?.TokenId, https?.HasTokenSecret));
    }

    [Fact]
    public async Task Extra_TakenAway_IsRemoved()
    {
        var id = await CreateAsync(
            new()
            {
                Name = "h1",
                Platform = "pbs",
                Https = new()
                {
                    BaseUrl = "https://a",
                    UserName = "u",
                    Password = "p",
                },
                Ssh = new()
                {
                    Host = "a",
                    UserName = "root",
                    Password = "q",
                },
            }
        );
        var form = Render<HostForm>(p => p.Add(f => f.HostId, id));
        Assert.Contains("Private key", form.Markup, StringComparison.Ordinal);
        form.FindAll("label")
            .Single(l => l.TextContent.Trim() == "Also reach it over SSH")
            .QuerySelector("input")!
            .Change(false); // not null: a box
        form.Settle();
        Assert.DoesNotContain("Private key", form.Markup, StringComparison.Ordinal);

        Save(form);

        form.WaitForAssertion(() => Assert.Null(Hosts.Queries.Host(id).Ssh));
        Assert.True(Hosts.Queries.Host(id).Https?.HasPassword);
    }

    [Fact]
    public async Task SeveralWaysIn_TheSavedOneIsShownAndTheOtherCanBeChosen()
    {
        var id = await CreateAsync(
            new()
            {
                Name = "h1",
                Platform = "windows",
                Winrm = new()
                {
                    Host = "hv1",
                    UserName = "u",
                    Password = "p",
                },
            }
        );
        var form = Render<HostForm>(p => p.Add(f => f.HostId, id));
        Assert.Contains("its certificate is pinned", form.Markup, StringComparison.Ordinal);

        form.FindAll("label")
            .First(l => l.TextContent.Trim() == "SSH" && l.QuerySelector("input[type=radio]") is not null)
            .QuerySelector("input")!
            .Click(); // not null: asked for
        form.Settle();
        Type(form, "Host name or IP address", "hv1");
        Type(form, "User name", "u");
        Type(form, "Password", "p");
        Save(form);

        form.WaitForAssertion(() => Assert.NotNull(Hosts.Queries.Host(id).Ssh));
        Assert.Null(Hosts.Queries.Host(id).Winrm);
    }

    [Fact]
    public void Direct_IsOffered_AndItsCertificateIsApprovedByItself()
    {
        _managed.Probe = new(
            [new(CheckNames.Direct, HostCheckState.Ok, $"in")],
            DirectCertificateFingerprint: Certificate
        );
        var form = Begun("VMware vSphere");
        Type(form, "Address (URL)", "https://vc.lan");
        Type(form, "Name in vCenter", "esx1");
        Type(form, "User name", "u");
        Type(form, "Password", "p");
        form.FindAll("label")
            .Single(l => l.TextContent.Trim().StartsWith("Also reach the ESXi host itself", StringComparison.Ordinal))
            .QuerySelector("input")!
            .Change(true); // not null: a box
        form.Settle();
        Type(form, "Address of the ESXi host (URL)", "https://esx1.lan");
        Type(form, "User name", "root", last: true);
        Type(form, "Password", "q", last: true);
        Click(form, "Test");
        form.WaitForAssertion(() => Assert.Contains("showed this certificate", form.Markup, StringComparison.Ordinal));

        Click(form, "Approve this certificate");
        Click(form, "Add the host");

        form.WaitForAssertion(() => Assert.Single(Hosts.Queries.Hosts()));
        var host = Hosts.Queries.Hosts()[0];
        Assert.Equal(
            ("https://esx1.lan", "root", Certificate),
            (host.Direct?.BaseUrl, host.Direct?.UserName, host.Direct?.CertificateFingerprint)
        );
        Assert.Equal(("u", null), (host.Https?.UserName, host.Https?.CertificateFingerprint));
    }

    private IRenderedComponent<HostForm> Begun(string platform)
    {
        var form = Render<HostForm>();
        form.FindAll("label")
            .First(l => l.QuerySelector("strong")?.TextContent == platform)
            .QuerySelector("input")!
            .Click(); // not null: a radio button
        form.Settle();
        Type(form, "Name", "h1");
        return form;
    }

    private static void Save(IRenderedComponent<HostForm> form)
    {
        Click(form, form.Markup.Contains("Add the host", StringComparison.Ordinal) ? "Add the host" : "Save");
        if (form.Markup.Contains("Save without a passing test", StringComparison.Ordinal))
            Click(form, "Save without a passing test");
    }

    private Task<int> CreateAsync(HostBody body) =>
        Hosts.Commands.CreateAsync(HostsHarness.Admin, body, CancellationToken.None);
}
