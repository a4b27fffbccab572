using Bunit;
using VmPowerManager.Hosts;
using VmPowerManager.Hosts.Pages;

namespace VmPowerManager.Tests.Hosts.Pages;

public sealed class HostFormTests : HostScreen
{
    [Fact]
    public void Test_FailedLogin_ShowsThePeersWords()
    {
        Driver.Probe = new(
            [
                ACheck.Of("connect", HostCheckState.Ok, "h.lan:22 answers"),
                ACheck.Of("login", HostCheckState.Failed, "Permission denied"),
            ],
            Key
        );
        var form = Filled();
        Click(form, "Test");
        form.WaitForAssertion(() => Assert.Contains("Test failed", form.Markup, StringComparison.Ordinal));
        Assert.Contains("Permission denied", form.Markup, StringComparison.Ordinal);
        Assert.Contains("h.lan:22 answers", form.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Test_PeerThatIsSilent_IsAFailedCheckWithItsWords()
    {
        Driver.Fault = new(Protocols.DeviceFault.Unreachable, "No route to host");
        var form = Filled();
        Click(form, "Test");
        form.WaitForAssertion(() => Assert.Contains("No route to host", form.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public void Test_IncompleteForm_IsToldAtTheFields()
    {
        var form = Render<HostForm>();
        Click(form, "Test");
        form.WaitForAssertion(() =>
            Assert.Contains("A name or an address is needed.", form.Markup, StringComparison.Ordinal)
        );
        Assert.Contains("A user name is needed.", form.Markup, StringComparison.Ordinal);
        Assert.Contains("A password or a private key is needed.", form.Markup, StringComparison.Ordinal);
        Assert.Empty(form.FindAll(".mud-alert"));
        Assert.Equal(0, Driver.Count("probe"));
    }

    [Fact]
    public void Save_WithoutAPassingTest_IsSaidFirst()
    {
        var form = Filled();
        Click(form, "Add the host");
        Assert.Contains("have not passed a test", form.Markup, StringComparison.Ordinal);
        Assert.Empty(Hosts.Queries.Hosts());
        Click(form, "Save without a passing test");
        form.WaitForAssertion(() => Assert.Contains("h1 is saved", form.Markup, StringComparison.Ordinal));
        Assert.Single(Hosts.Queries.Hosts());
    }

    [Fact]
    public void Key_Approved_IsPinnedAndGuestsAreShown()
    {
        Driver.Set("h1", FakeDriver.Guest("a"), FakeDriver.Guest("b", GuestState.Off));
        Driver.Probe = new([ACheck.Of("login", HostCheckState.Ok, "in")], Key);
        var saved = 0;
        var form = Filled(id => saved = id);
        Click(form, "Test");
        form.WaitForAssertion(() =>
            Assert.Contains("Is this the right machine?", form.Markup, StringComparison.Ordinal)
        );
        Click(form, "Approve this key");
        Assert.Contains("no other is accepted", form.Markup, StringComparison.Ordinal);
        Click(form, "Add the host");
        form.WaitForAssertion(() =>
            Assert.Contains("2 guests found, 1 of them running.", form.Markup, StringComparison.Ordinal)
        );
        Assert.Equal(Key, Hosts.Queries.Hosts()[0].Ssh?.HostKeyFingerprint);
        Assert.Equal(0, saved);
        Click(form, "Done");
        Assert.Equal(Hosts.Queries.Hosts()[0].Id, saved);
    }

    [Fact]
    public async Task Key_Changed_ShowsBothAndIsTriedAgainOnceTrusted()
    {
        var id = await SavedAsync(Key);
        Driver.Probe = new([ACheck.Of("hostKey", HostCheckState.Failed, "changed")], OtherKey);
        var form = Render<HostForm>(p => p.Add(f => f.HostId, id));
        Click(form, "Test");
        form.WaitForAssertion(() =>
            Assert.Contains("another key than the trusted one", form.Markup, StringComparison.Ordinal)
        );
        Assert.Equal([Key, OtherKey], form.FindAll(".vm-keys code").Select(c => c.TextContent));
        Driver.Probe = new([ACheck.Of("login", HostCheckState.Ok, "in")], OtherKey);
        Click(form, "Trust the new key");
        form.WaitForAssertion(() => Assert.Contains("Test passed", form.Markup, StringComparison.Ordinal));
        Assert.Equal(2, Driver.Count("probe"));
        Click(form, "Save");
        form.WaitForAssertion(() => Assert.Equal(OtherKey, Hosts.Queries.Host(id).Ssh?.HostKeyFingerprint));
    }

    [Fact]
    public async Task Edit_NothingTyped_KeepsThePassword()
    {
        var id = await SavedAsync();
        var form = Render<HostForm>(p => p.Add(f => f.HostId, id));
        Assert.Contains("Saved and kept", form.Markup, StringComparison.Ordinal);
        Type(form, "Name", "renamed");
        Click(form, "Save");
        form.WaitForAssertion(() => Assert.Equal("renamed", Hosts.Queries.Host(id).Name));
        Assert.True(Hosts.Queries.Host(id).Ssh?.HasPassword);
    }

    [Fact]
    public void Save_SomethingFoldedIsWrong_OpensIt()
    {
        var form = Filled();
        Click(form, "Advanced: limits, witness, waking");
        Type(form, "Witness", "not an address");
        Click(form, "Advanced: limits, witness, waking");
        Click(form, "Add the host");
        Click(form, "Save without a passing test");
        form.WaitForAssertion(() =>
            Assert.Contains("An address, or an address and a port", form.Markup, StringComparison.Ordinal)
        );
        Assert.Contains("Limits and evidence", form.Markup, StringComparison.Ordinal);
    }

    private IRenderedComponent<HostForm> Filled(Action<int>? saved = null)
    {
        var form = Render<HostForm>(p => p.Add(f => f.OnSaved, saved ?? (_ => { })));
        Type(form, "Name", "h1");
        Type(form, "Host name or IP address", "h.lan");
        Type(form, "User name", "root");
        Type(form, "Password", "pw");
        return form;
    }
}
