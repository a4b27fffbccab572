using System.Net.Http.Json;
using System.Text.Json;
using Bunit;
using Bunit.TestDoubles;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;
using VmPowerManager.Accounts;
using VmPowerManager.Components;
using VmPowerManager.Core.Plans;
using VmPowerManager.Hosts;
using VmPowerManager.Plans;
using VmPowerManager.Plans.Pages;
using VmPowerManager.Plans.Requests;
using VmPowerManager.Runs;
using VmPowerManager.Runs.Pages;
using VmPowerManager.Ups;
using VmPowerManager.Ups.Canaries;

namespace VmPowerManager.Tests.Plans;

/// <summary>The editor's fields for order, times and startup, on the services of the real program.</summary>
public sealed class PlanEditorFieldTests : IAsyncLifetime
{
    private readonly BunitContext _browser = new();
    private RunningApp _app = null!; // InitializeAsync
    private PlanEntry _plan = null!; // InitializeAsync

    private PlanDefinition Stored => _app.Get<PlanDirectory>().Find(_plan.Id)!.Definition; // it was created

    public async ValueTask InitializeAsync()
    {
        _app = await RunningApp.StartAsync();
        using var admin = await _app.SignInAsync();
        await admin.PostAsJsonAsync(
            "/api/v1/ups",
            Body("""{"name":"rack-a","driver":"nut","nut":{"host":"127.0.0.1","port":9,"upsName":"a"}}""")
        );
        await admin.PostAsJsonAsync(
            "/api/v1/hosts",
            Body(
                """{"name":"kvm1","platform":"libvirt","ssh":{"host":"127.0.0.1","port":9,"userName":"root","password":"x"}}"""
            )
        );
        await StillWorld.AddGuestsAsync(_app, "db01", "web01");
        _browser.JSInterop.Mode = JSRuntimeMode.Loose;
        _browser.Services.AddMudServices().AddLocalization().AddSingleton(TimeProvider.System);
        _browser.Services.AddSingleton(new SiteZone(TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")));
        _browser.Services.AddSingleton(_app.Get<PlanQueries>());
        _browser.Services.AddSingleton(_app.Get<PlanCommands>());
        _browser.Services.AddSingleton(_app.Get<PlanDirectory>());
        _browser.Services.AddSingleton(StillWorld.Of(_app.Get<UpsScreens>()));
        _browser.Services.AddSingleton(_app.Get<HostMonitor>());
        _browser.Services.AddSingleton(_app.Get<CanaryFeed>());
        _browser.Services.AddSingleton(_app.Get<RequestCommands>());
        var definition = new PlanDefinition
        {
            Name = "Homelab",
            UpsIds = [1],
            Phases =
            [
                new()
                {
                    Id = "a",
                    Name = "VMs",
                    Trigger = new() { OnBatteryForSeconds = 300 },
                    Steps =
                    [
                        PlanSuggestion.StepFor(new() { GuestId = 1 }),
                        PlanSuggestion.StepFor(new() { HostId = 1 }),
                    ],
                },
            ],
        };
        _plan = await _app.Get<PlanCommands>().CreateAsync(Access.System, definition, false, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Dependency_IsChosen_Listed_UndoneAndRemoved()
    {
        var editor = Open();
        await PickAsync(editor, "This one", new() { GuestId = 1 });
        await editor.Find("#plan-need-add").ClickAsync(new());
        Assert.Contains("Choose both", editor.Find("#plan-dependencies").TextContent, StringComparison.Ordinal);
        await PickAsync(editor, "that one", new() { GuestId = 2 });
        await editor.Find("#plan-need-add").ClickAsync(new());
        Assert.Contains("db01 needs web01", Text(editor, "#plan-dependencies li"), StringComparison.Ordinal);
        await editor.Find("button[aria-label=Undo]").ClickAsync(new());
        Assert.Empty(editor.FindAll("#plan-dependencies li"));
        await editor.Find("button[aria-label=Redo]").ClickAsync(new());
        await editor.Find("button[aria-label='db01 does not need web01 any more']").ClickAsync(new());
        Assert.Empty(editor.FindAll("#plan-dependencies li"));
    }

    [Fact]
    public async Task Times_AreThoseOfTheSite_AndMaintenanceIsStored()
    {
        var editor = Open();
        await editor.Find("#plan-rehearse-at").ChangeAsync(new ChangeEventArgs { Value = "03:30" });
        await editor.Find("#plan-maintenance-until").ChangeAsync(new ChangeEventArgs { Value = "2099-07-01T09:00" });
        await PickAsync(editor, "Pause only this one", new() { GuestId = 2 });
        Assert.Contains("web01", Text(editor, "#plan-schedule li"), StringComparison.Ordinal);
        await SaveAsync(editor);
        Assert.Equal("03:30", Stored.Schedule?.RehearseAt);
        Assert.Equal(new DateTimeOffset(2099, 7, 1, 7, 0, 0, TimeSpan.Zero), Stored.Maintenance?.Until); // summer: UTC+2
        Assert.Equal(2, Assert.Single(Stored.Maintenance!.Targets).GuestId); // just seen
    }

    [Fact]
    public async Task Rehearsals_AtNoTime_AreRefusedAtTheField()
    {
        var editor = Open();
        await editor.Find("#plan-rehearse-at").ChangeAsync(new ChangeEventArgs { Value = "7 o'clock" });
        Assert.Contains(
            "A time of day such as 03:30",
            editor.Find("#plan-schedule").TextContent,
            StringComparison.Ordinal
        );
        Assert.True(editor.Find("#plan-save").HasAttribute("disabled"));
    }

    [Fact]
    public async Task Startup_OfItsOwn_BeginsAsTheMirror()
    {
        var editor = Open();
        var mirror = editor.FindComponents<MudSwitch<bool>>().Single(s => s.Instance.Label == "In mirrored order");
        await mirror.Find("input").ChangeAsync(new ChangeEventArgs { Value = false });
        Assert.Equal(2, editor.FindAll(".plan-start-phase li").Count);
        Assert.Contains("kvm1", editor.Find(".plan-start-phase li").TextContent, StringComparison.Ordinal);
        await editor.Find("button[aria-label='Do not start db01']").ClickAsync(new());
        Assert.Contains("Not started by any phase: db01", editor.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Startup_TakesACommand_AndARequest_ByTheRulesOfTheApi()
    {
        var editor = Open();
        var mirror = editor.FindComponents<MudSwitch<bool>>().Single(s => s.Instance.Label == "In mirrored order");
        await mirror.Find("input").ChangeAsync(new ChangeEventArgs { Value = false });
        await AddCommandAsync(editor);
        Assert.Equal("true", editor.Find("#plan-start-0-2").GetAttribute("aria-expanded"));
        Assert.Contains("Say which command", editor.Find(".plan-start-step .plan-findings").TextContent);
        Assert.True(editor.Find("#plan-save").HasAttribute("disabled"));

        await ChangeAsync(editor, "Command", "systemctl start {ups.nothing}");
        Assert.Contains("{ups.nothing} is not known", editor.Markup, StringComparison.Ordinal);
        await ChangeAsync(editor, "Command", "systemctl start app");
        Assert.Empty(editor.FindAll(".plan-start-step .plan-findings"));

        var what = editor.FindComponents<MudSelect<string>>().Single(s => s.Instance.Label == "What is done");
        await what.InvokeAsync(() => what.Instance.ValueChanged.InvokeAsync("http"));
        Assert.Contains("An address, https", editor.Markup, StringComparison.Ordinal);
        await ChangeAsync(editor, "Address", "https://ha.lan/api/{plan.name}");
        await SaveAsync(editor);
        var step = Stored.Startup.Phases[0].Steps[2];
        Assert.Equal(("https://ha.lan/api/{plan.name}", null), (step.Http?.Url, step.Command));
    }

    [Fact]
    public async Task Startup_Command_IsMovedAndRemovedByKeyboard_AndComesBack()
    {
        var editor = Open();
        var mirror = editor.FindComponents<MudSwitch<bool>>().Single(s => s.Instance.Label == "In mirrored order");
        await mirror.Find("input").ChangeAsync(new ChangeEventArgs { Value = false });
        await AddCommandAsync(editor);
        await KeyAsync(editor, "#plan-start-0-2", "ArrowUp", shift: true);
        await KeyAsync(editor, "#plan-start-0-1", "ArrowUp", shift: true);
        Assert.Equal("true", editor.Find("#plan-start-0-0").GetAttribute("aria-expanded"));
        await KeyAsync(editor, "#plan-start-0-0", "Delete");
        Assert.Equal(2, editor.FindAll(".plan-start-step").Count);
        await editor.Find("button[aria-label=Undo]").ClickAsync(new());
        Assert.Equal(3, editor.FindAll(".plan-start-step").Count);
        Assert.Equal("BUTTON", editor.Find("#plan-start-0-0").TagName);
    }

    [Fact]
    public async Task Banner_SaysUntilWhen_AndEndsItByOneTap()
    {
        var maintenance = _app.Get<MaintenanceCommands>();
        var body = new MaintenanceBody(Minutes: 60, Reason: "new battery");
        await maintenance.BeginAsync(Access.System, _plan.Id, body, CancellationToken.None);
        _browser.Services.AddSingleton(_app.Get<PlanScreens>());
        _browser.Services.AddSingleton(maintenance);
        _browser.AddAuthorization().SetAuthorized("someone@example.org").SetRoles("Operator");
        var shown = _browser.Render<MaintenanceBanner>(p => p.Add(b => b.PlanId, _plan.Id));
        shown.WaitForElement(".vm-maintenance");
        Assert.Contains("Maintenance of Homelab ends in", shown.Markup, StringComparison.Ordinal);
        Assert.Contains("new battery", shown.Markup, StringComparison.Ordinal);
        await shown.Find("button").ClickAsync(new()); // disarmed: no need to ask
        shown.WaitForAssertion(() => Assert.Empty(shown.FindAll(".vm-maintenance")), TimeSpan.FromSeconds(10));
    }

    private IRenderedComponent<MudDialogProvider> _dialogs = null!; // Open
    private IRenderedComponent<MudPopoverProvider> _popovers = null!; // Open

    private async Task AddCommandAsync(IRenderedComponent<PlanEditor> editor)
    {
        var menu = editor.FindComponents<MudMenu>().First(m => m.Instance.Label == "Add a command or request");
        await editor.InvokeAsync(() => menu.Instance.OpenMenuAsync(new MouseEventArgs()));
        var item = _popovers.FindComponents<MudMenuItem>().Single(i => i.Markup.Contains("on kvm1"));
        await item.InvokeAsync(() => item.Instance.OnClick.InvokeAsync(new MouseEventArgs()));
    }

    private static Task ChangeAsync(IRenderedComponent<PlanEditor> editor, string label, string text)
    {
        var field = editor.FindComponents<MudTextField<string>>().Single(f => f.Instance.Label == label);
        return field.InvokeAsync(() => field.Instance.ValueChanged.InvokeAsync(text));
    }

    private static Task KeyAsync(IRenderedComponent<PlanEditor> editor, string css, string key, bool shift = false) =>
        editor.Find(css).KeyDownAsync(new KeyboardEventArgs { Key = key, ShiftKey = shift });

    private IRenderedComponent<PlanEditor> Open()
    {
        _browser.AddAuthorization().SetAuthorized("someone@example.org").SetRoles("Administrator");
        _popovers = _browser.Render<MudPopoverProvider>();
        _dialogs = _browser.Render<MudDialogProvider>();
        return _browser.Render<PlanEditor>(p => p.Add(e => e.PlanId, _plan.Id));
    }

    private static Task PickAsync(IRenderedComponent<PlanEditor> editor, string label, TargetDefinition target)
    {
        var picker = editor.FindComponents<TargetPicker>().Single(p => p.Instance.Label == label);
        return picker.InvokeAsync(() => picker.Instance.ValueChanged.InvokeAsync(target));
    }

    private async Task SaveAsync(IRenderedComponent<PlanEditor> editor)
    {
        await editor.Find("#plan-save").ClickAsync(new());
        editor.WaitForAssertion(() => Assert.True(_app.Get<PlanDirectory>().Find(_plan.Id)?.Revision > 1));
    }

    private static string Text(IRenderedComponent<PlanEditor> editor, string css) =>
        string.Join(' ', editor.Find(css).TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static JsonElement Body(string json) => JsonElement.Parse(json);
}
