using Bunit;
using VmPowerManager.Hosts;
using VmPowerManager.Hosts.Pages;

namespace VmPowerManager.Tests.Hosts.Pages;

public sealed class HostScreenTests : HostScreen
{
    [Fact]
    public async Task Card_FollowsTheHost()
    {
        var id = await SavedAsync(null, FakeDriver.Guest("a"), FakeDriver.Guest("b", GuestState.Off));
        var card = Render<HostCard>(p => p.Add(c => c.HostId, id));
        Assert.Contains("Answers", card.Markup, StringComparison.Ordinal);
        Assert.Contains("1 of 2", card.Markup, StringComparison.Ordinal);
        Assert.Contains("no UPS", card.Markup, StringComparison.Ordinal);

        Driver.Fault = new(Protocols.DeviceFault.AuthenticationFailed, "Permission denied (password).");
        Hosts.Monitor.RefreshNow([id]);
        card.WaitForAssertion(() => Assert.Contains("Login failed", card.Markup, StringComparison.Ordinal));
        Assert.Contains("Permission denied (password).", card.Markup, StringComparison.Ordinal);
        Assert.Contains("1 of 2", card.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Guest_Told_IsAskedForFirstAndShownUnderWay()
    {
        var id = await SavedAsync(null, FakeDriver.Guest("a"));
        var dialogs = Dialogs();
        var table = Guests(id);
        await ChooseAsync(table, "Shut down");
        dialogs.WaitForAssertion(() =>
            Assert.Contains("guest a is asked to shut down", dialogs.Markup, StringComparison.Ordinal)
        );
        Assert.Equal(0, Driver.Count("Shutdown a"));
        Click(dialogs, "Shut down");
        table.WaitForAssertion(() => Assert.Contains("Shutting down", table.Markup, StringComparison.Ordinal));
        Assert.Equal(1, Driver.Count("Shutdown a"));
    }

    [Fact]
    public async Task Guest_InARun_NamesTheOwner()
    {
        var id = await SavedAsync(null, FakeDriver.Guest("a", GuestState.Off));
        Dialogs();
        Hosts.Owner.Name = "the plan Homelab";
        var table = Guests(id);
        await ChooseAsync(table, "Start");
        table.WaitForAssertion(() =>
            Assert.Contains("guest a is in use by the plan Homelab.", table.Markup, StringComparison.Ordinal)
        );
        Assert.Equal(0, Driver.Count("Start a"));
    }

    [Fact]
    public async Task Guests_ForAViewer_CannotBeTold()
    {
        var id = await SavedAsync(null, FakeDriver.Guest("a"));
        As("Viewer");
        Dialogs();
        Assert.Empty(Guests(id).FindAll("button"));
    }

    private IRenderedComponent<GuestTable> Guests(int id) =>
        Render<GuestTable>(p => p.Add(t => t.Host, Hosts.Monitor.Picture.Hosts[id]));

    /// <summary>As the menu does: what it shows is elsewhere in the document.</summary>
    private async Task ChooseAsync(IRenderedComponent<GuestTable> table, string action)
    {
        var popovers = Render<MudBlazor.MudPopoverProvider>();
        await table.InvokeAsync(() => table.Find("button[aria-label^='What']").Click());
        popovers.WaitForState(() => popovers.FindAll(".mud-menu-item").Count > 0);
        await popovers.InvokeAsync(() => Click(popovers, action));
    }
}
