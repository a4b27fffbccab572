using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using VmPowerManager.Accounts;
using VmPowerManager.Accounts.Pages;
using VmPowerManager.Components;
using VmPowerManager.Tests.Components;

namespace VmPowerManager.Tests.Accounts;

/// <summary>The interactive pages, over the real commands of a running program.</summary>
public sealed class AccountPagesTests : ScreenContext, IAsyncLifetime
{
    private RunningApp _app = null!;
    private IRenderedComponent<MudDialogProvider> _dialogs = null!;
    private IRenderedComponent<MudPopoverProvider> _popovers = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await RunningApp.StartAsync();
        Services.AddSingleton(_app.Get<AccountQueries>());
        Services.AddSingleton(_app.Get<UserCommands>());
        Services.AddSingleton(_app.Get<ApiTokenCommands>());
        AddAuthorization()
            .SetAuthorized(RunningApp.Email)
            .SetRoles("Administrator")
            .SetClaims(new System.Security.Claims.Claim("sub", "1"));
        _popovers = Render<MudPopoverProvider>();
        _dialogs = Render<MudDialogProvider>();
    }

    public new async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _app.DisposeAsync();
    }

    [Fact]
    public void Users_LastAdministrator_StaysAndThePageSaysWhy()
    {
        var page = Render<UsersPage>();
        page.WaitForElement("td");

        OpenMenuAndClick(page, "Delete");
        Button("Delete").Click();

        page.WaitForAssertion(() =>
            Assert.Contains("This is the last administrator", page.Markup, StringComparison.Ordinal)
        );
        Assert.Contains(RunningApp.Email, page.Find("td").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Users_AddWithAWeakPassword_IsRefusedAtItsField_AndNothingIsLost()
    {
        var page = Render<UsersPage>();
        page.WaitForElement("td");
        page.FindAll("button").First(b => b.TextContent.Contains("Add a user", StringComparison.Ordinal)).Click();
        _dialogs.WaitForElement("input[type=email]").Input("new@example.org");
        _dialogs.Find("input[type=password]").Input("short");

        Button("Add").Click();
        _dialogs.WaitForAssertion(() =>
            Assert.Contains("at least 10 characters", _dialogs.Markup, StringComparison.Ordinal)
        );
        Assert.Equal("new@example.org", _dialogs.Find("input[type=email]").GetAttribute("value"));
        _dialogs.Find("input[type=password]").Input(RunningApp.Password);
        Button("Add").Click();

        page.WaitForAssertion(() => Assert.Contains("new@example.org", page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public void Tokens_New_IsShownOnce_ThenListedWithoutIt()
    {
        var section = Render<ApiTokensSection>();
        section.WaitForElement(".vm-empty");
        section.Find(".vm-section button").Click();
        _dialogs.WaitForElement("input[type=text]").Input("script");

        Button("Create").Click();
        var token = _dialogs.WaitForElement("#new-token").TextContent;
        Assert.StartsWith("vhp_", token, StringComparison.Ordinal);
        Button("Done").Click();

        section.WaitForElement("tbody tr");
        Assert.Contains("script", section.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain(token, section.Markup + _dialogs.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Account_Appearance_IsTheLayoutsChoice()
    {
        string? chosen = null;
        var look = new LookChoice(
            "dark",
            choice =>
            {
                chosen = choice;
                return Task.CompletedTask;
            }
        );

        var page = Render<CascadingValue<LookChoice>>(p => p.Add(c => c.Value, look).AddChildContent<AccountPage>());
        page.WaitForAssertion(() => Assert.Contains(RunningApp.Email, page.Markup, StringComparison.Ordinal));
        page.FindAll("input[type=radio]")[0].Click();
        page.Settle();

        Assert.Equal("light", chosen);
    }

    private AngleSharp.Dom.IElement Button(string text) =>
        _dialogs.WaitForElements("button").First(b => b.TextContent.Trim() == text);

    private void OpenMenuAndClick(IRenderedComponent<UsersPage> page, string item)
    {
        page.FindComponent<MudMenu>().Find("button").Click();
        _popovers
            .WaitForElements(".mud-menu-item")
            .First(i => i.TextContent.Contains(item, StringComparison.Ordinal))
            .Click();
    }
}
