using System.Net.Http.Json;
using System.Text.Json;
using Bunit;
using Bunit.TestDoubles;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;
using VmPowerManager.Accounts;
using VmPowerManager.Components;
using VmPowerManager.Core.Plans;
using VmPowerManager.Hosts;
using VmPowerManager.Plans;
using VmPowerManager.Plans.Pages;
using VmPowerManager.Ups;
using VmPowerManager.Ups.Canaries;

namespace VmPowerManager.Tests.Plans;

/// <summary>The editor on the services of the real program, with hosts that nobody answers for.</summary>
public sealed class PlanEditorTests : IAsyncLifetime
{
    private readonly BunitContext _browser = new();
    private RunningApp _app = null!; // InitializeAsync
    private int _saved;

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
                """{"name":"kvm1","platform":"libvirt","role":"hypervisor","ssh":{"host":"127.0.0.1","port":9,"userName":"root","password":"x"}}"""
            )
        );
        await StillWorld.AddGuestsAsync(_app, "db01", "web01");
        _browser.JSInterop.Mode = JSRuntimeMode.Loose;
        _browser.Services.AddMudServices().AddLocalization().AddSingleton(TimeProvider.System);
        _browser.Services.AddSingleton(new SiteZone(TimeZoneInfo.Utc));
        _browser.Services.AddSingleton(_app.Get<PlanQueries>());
        _browser.Services.AddSingleton(_app.Get<PlanCommands>());
        _browser.Services.AddSingleton(_app.Get<PlanDirectory>());
        _browser.Services.AddSingleton(StillWorld.Of(_app.Get<UpsScreens>()));
        _browser.Services.AddSingleton(_app.Get<HostMonitor>());
        _browser.Services.AddSingleton(_app.Get<CanaryFeed>());
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task New_FromTheSuggestion_IsStoredAndTold()
    {
        var editor = Open(null);
        await editor.Find("#plan-suggest").ClickAsync(new());
        Assert.Equal(2, editor.FindAll(".plan-phase").Count);
        Assert.Contains("All guests of kvm1", editor.Markup, StringComparison.Ordinal);
        await editor.Find("#plan-save").ClickAsync(new());
        editor.WaitForAssertion(() => Assert.NotEqual(0, _saved));
        var plan = _app.Get<PlanDirectory>().Find(_saved);
        Assert.NotNull(plan);
        Assert.False(plan.Armed);
        Assert.Equal("Power failure", plan.Definition.Name);
    }

    [Fact]
    public async Task AddTargets_FromTheList_AddsTheirSteps_AndUndoTakesThemAway()
    {
        var editor = Open((await CreateAsync()).Id);
        var open = editor.Find(".plan-add").ClickAsync(new()); // ends with the dialog
        _dialogs.WaitForElement(".plan-target-guest");
        Assert.Contains("in VMs", _dialogs.Find(".plan-targets").TextContent, StringComparison.Ordinal); // db01
        await _dialogs.FindAll(".plan-target-guest input")[1].ChangeAsync(new ChangeEventArgs { Value = true });
        await _dialogs.FindAll(".mud-dialog-actions button")[1].ClickAsync(new());
        editor.WaitForAssertion(() => Assert.Equal(2, editor.FindAll(".plan-step").Count));
        await open;
        Assert.Contains("web01", editor.Find("#plan-step-0-1").TextContent, StringComparison.Ordinal);
        await editor.Find("button[aria-label=Undo]").ClickAsync(new());
        Assert.Single(editor.FindAll(".plan-step"));
    }

    [Fact]
    public async Task Trigger_TakenAway_ShowsTheProblemThere_AndForbidsArmingButNotSaving()
    {
        var plan = await CreateAsync();
        var editor = Open(plan.Id);
        Assert.Contains("Nothing is wrong", editor.Markup, StringComparison.Ordinal);
        await editor.Find("#plan-phase-0").ClickAsync(new());
        await editor.Find(".plan-trigger input[type=checkbox]").ChangeAsync(new ChangeEventArgs { Value = false });
        Assert.Contains(
            "it has no trigger",
            editor.Find(".plan-phase .plan-findings").TextContent,
            StringComparison.Ordinal
        );
        Assert.True(editor.Find("#plan-arm").HasAttribute("disabled"));
        await editor.Find("#plan-save").ClickAsync(new());
        editor.WaitForAssertion(() => Assert.Equal(plan.Id, _saved));
        Assert.True(_app.Get<PlanDirectory>().Find(plan.Id)!.Definition.Phases[0].Trigger.IsEmpty); // it was created
    }

    [Fact]
    public async Task TimeLimit_InWords_IsUnderstood_AndWrittenBack()
    {
        var editor = Open((await CreateAsync()).Id);
        await editor.Find("#plan-step-0-0").ClickAsync(new());
        var field = editor.FindComponents<DurationField>().First(f => f.Instance.Label == "Time limit");
        await field.Find("input").ChangeAsync(new ChangeEventArgs { Value = "1.5 min" });
        editor.WaitForAssertion(() => Assert.Equal("90 s", field.Find("input").GetAttribute("value")));
        Assert.Contains("90\u00a0s", editor.Find("#plan-step-0-0").TextContent, StringComparison.Ordinal);
        await field.Find("input").ChangeAsync(new ChangeEventArgs { Value = "soon" });
        Assert.Contains("Write a time", field.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_ShiftArrowMoves_DeleteRemoves()
    {
        var plan = (await CreateAsync()).Definition;
        plan = plan with
        {
            Phases = plan.Phases.Add(
                plan.Phases[0] with
                {
                    Id = "b",
                    Name = "Later",
                    Steps = [PlanSuggestion.StepFor(new() { GuestId = 2 })],
                }
            ),
        };
        var editor = Open((await CreateAsync(plan with { Name = "Two" })).Id);
        await editor
            .Find("#plan-step-0-0")
            .KeyDownAsync(
                new Microsoft.AspNetCore.Components.Web.KeyboardEventArgs { Key = "ArrowRight", ShiftKey = true }
            );
        Assert.Contains("db01", editor.Find("#plan-step-1-1").TextContent, StringComparison.Ordinal);
        await editor
            .Find("#plan-step-1-0")
            .KeyDownAsync(new Microsoft.AspNetCore.Components.Web.KeyboardEventArgs { Key = "Delete" });
        Assert.Single(editor.FindAll(".plan-step"));
    }

    [Fact]
    public async Task SomebodyElse_Saves_MineIsKeptUntilIChoose()
    {
        var plan = await CreateAsync();
        var editor = Open(plan.Id);
        await editor.Find("#plan-name").ChangeAsync(new ChangeEventArgs { Value = "Mine" });
        await _app.Get<PlanCommands>()
            .UpdateAsync(
                Access.System,
                plan.Id,
                plan.Definition with
                {
                    Name = "Theirs",
                },
                null,
                null,
                CancellationToken.None
            );
        editor.WaitForElement("#plan-mine");
        Assert.Equal("Mine", editor.Find("#plan-name").GetAttribute("value"));
        await editor.Find("#plan-save").ClickAsync(new());
        editor.WaitForAssertion(() => Assert.Contains("Somebody else saved", editor.Markup, StringComparison.Ordinal));
        Assert.Equal("Theirs", _app.Get<PlanDirectory>().Find(plan.Id)!.Definition.Name); // it was created
        await editor.Find("#plan-mine").ClickAsync(new());
        await editor.Find("#plan-save").ClickAsync(new());
        editor.WaitForAssertion(() => Assert.Equal("Mine", _app.Get<PlanDirectory>().Find(plan.Id)!.Definition.Name)); // it was created
    }

    [Fact]
    public async Task Viewer_SeesAll_AndChangesNothing()
    {
        var editor = Open((await CreateAsync()).Id, "Viewer");
        Assert.Contains("db01", editor.Markup, StringComparison.Ordinal);
        Assert.Empty(editor.FindAll("#plan-save, #plan-arm, .plan-add, #plan-add-phase"));
        await editor.Find("#plan-step-0-0").ClickAsync(new());
        await editor
            .Find("#plan-step-0-0")
            .KeyDownAsync(new Microsoft.AspNetCore.Components.Web.KeyboardEventArgs { Key = "Delete" });
        Assert.NotEmpty(editor.FindAll(".plan-form input"));
        Assert.All(editor.FindAll("input"), i => Assert.True(i.HasAttribute("disabled"), i.OuterHtml));
    }

    [Fact]
    public void Unknown_SaysSo() => Assert.Contains("There is no such plan", Open(77).Markup, StringComparison.Ordinal);

    private IRenderedComponent<MudDialogProvider> _dialogs = null!; // Open

    private IRenderedComponent<PlanEditor> Open(int? id, string role = "Administrator")
    {
        _browser.AddAuthorization().SetAuthorized("someone@example.org").SetRoles(role);
        _browser.Render<MudPopoverProvider>();
        _dialogs = _browser.Render<MudDialogProvider>();
        return _browser.Render<PlanEditor>(p =>
            p.Add(e => e.PlanId, id).Add(e => e.OnSaved, (int saved) => _saved = saved)
        );
    }

    private Task<PlanEntry> CreateAsync(PlanDefinition? plan = null) =>
        _app.Get<PlanCommands>()
            .CreateAsync(
                Access.System,
                plan
                    ?? new PlanDefinition
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
                                Steps = [PlanSuggestion.StepFor(new() { GuestId = 1 })],
                            },
                        ],
                    },
                false,
                CancellationToken.None
            );

    /// <summary>Stored, and in the monitor's picture, as after a refresh.</summary>
    private static JsonElement Body(string json) => JsonElement.Parse(json);
}
