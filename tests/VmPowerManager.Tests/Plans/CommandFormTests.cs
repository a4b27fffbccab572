using Bunit;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;
using MudBlazor;
using MudBlazor.Services;
using VmPowerManager.Components;
using VmPowerManager.Core.Plans;
using VmPowerManager.Hosts;
using VmPowerManager.Plans.Pages;
using VmPowerManager.Plans.Requests;
using VmPowerManager.Storage;
using StepAction = VmPowerManager.Core.Plans.StepAction;

namespace VmPowerManager.Tests.Plans;

/// <summary>A step runs a command of the user's, or what the host's platform does and undoes.</summary>
public sealed class CommandFormTests : IAsyncLifetime
{
    private static readonly StepDefinition Own = new()
    {
        Target = new() { HostId = 1 },
        Action = StepAction.Command,
        Command = "sync",
        Undo = "true",
    };
    private readonly BunitContext _browser = new();
    private IRenderedComponent<MudPopoverProvider> _popovers = null!; // InitializeAsync
    private PlanEditing _edit = null!; // InitializeAsync

    public ValueTask InitializeAsync()
    {
        _browser.JSInterop.Mode = JSRuntimeMode.Loose;
        _browser.Services.AddMudServices().AddLocalization().AddSingleton(TimeProvider.System);
        _browser.Services.AddSingleton<SecretBox>().AddSingleton<RequestSecrets>().AddSingleton<RequestSender>();
        _browser
            .Services.AddSingleton<IDataProtectionProvider, EphemeralDataProtectionProvider>()
            .AddSingleton<RequestCommands>();
        _popovers = _browser.Render<MudPopoverProvider>();
        var words = new PlanWords(_browser.Services.GetRequiredService<IStringLocalizer<Strings>>());
        _edit = new PlanEditing(words, () => { }, _ => { }, _ => { })
        {
            Draft = new PlanDraft(new PlanDefinition { Phases = [new() { Id = "a", Steps = [Own] }] }),
        };
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync() => await _browser.DisposeAsync();

    private StepDefinition Step => _edit.Plan.Phases[0].Steps[0];

    private IRenderedComponent<CommandForm> Open(params string[] preparations)
    {
        var host = new HostSnapshot
        {
            Id = 1,
            Name = "pve1",
            Platform = "proxmox",
            Preparations = preparations,
        };
        _edit.World = new EditorWorld([], [host]);
        return _browser.Render<CommandForm>(p => p.Add(c => c.Edit, _edit).Add(c => c.At, new StepPlace(0, 0)));
    }

    [Fact]
    public void HostThatPreparesNothing_OffersACommandAndARequest()
    {
        var choice = Assert.Single(Open().FindComponents<MudSelect<string>>());
        Assert.Equal("A request by HTTP", choice.Instance.ToStringFunc?.Invoke("http"));
    }

    [Fact]
    public async Task Request_StandsInPlaceOfTheCommand_AndItsSecretIsNeverShown()
    {
        var form = Open();
        var choice = form.FindComponent<MudSelect<string>>();
        await form.InvokeAsync(() => choice.Instance.ValueChanged.InvokeAsync("http"));
        Assert.Equal((null, null, "POST"), (Step.Command, Step.Undo, Step.Http?.Method));

        _edit.ChangeStep(
            new StepPlace(0, 0),
            s =>
                s with
                {
                    Http = new()
                    {
                        Url = "https://ha.lan/x",
                        Headers =
                        [
                            new()
                            {
                                Name = "Authorization",
                                Secret = true,
                                Sealed = "canary",
                            },
                        ],
                    },
                }
        );
        form = Open();
        Assert.DoesNotContain("canary", form.Markup, StringComparison.Ordinal);
        Assert.Contains("••••", form.Markup, StringComparison.Ordinal);
        Assert.Contains("{ups.charge}", form.Markup, StringComparison.Ordinal);

        var value = form.FindComponents<MudTextField<string>>().Single(f => f.Instance.Label == "Value");
        await form.InvokeAsync(() => value.Instance.ValueChanged.InvokeAsync("Bearer new"));
        Assert.Equal("Bearer new", Step.Http?.Headers[0].Value);
        await form.InvokeAsync(() => value.Instance.ValueChanged.InvokeAsync(""));
        Assert.Equal((null, "canary"), (Step.Http?.Headers[0].Value, Step.Http?.Headers[0].Sealed));
        Assert.Contains("Send a request", _edit.Words.Ladder(Step), StringComparison.Ordinal);
    }

    [Fact]
    public async Task InAStartup_NothingIsPrepared_AndTheStepOfTheStartupChanges()
    {
        var startup = new StartupDefinition { Mirror = false, Phases = [new() { Id = "s", Steps = [Own] }] };
        _edit.Change(_edit.Plan with { Startup = startup });
        Open("haDisarmed");
        var at = new StepPlace(0, 0, InStartup: true);
        var form = _browser.Render<CommandForm>(p => p.Add(c => c.Edit, _edit).Add(c => c.At, at));
        var choice = form.FindComponent<MudSelect<string>>();
        await form.InvokeAsync(() => choice.Instance.OpenMenu());
        Assert.Equal(["", "http"], _popovers.FindComponents<MudSelectItem<string>>().Select(i => i.Instance.Value));
        await form.InvokeAsync(() => choice.Instance.ValueChanged.InvokeAsync("http"));
        Assert.Equal(("POST", null), (_edit.Draft.Step(at).Http?.Method, _edit.Draft.Step(at).Command));
        Assert.Equal("sync", Step.Command);
    }

    [Fact]
    public async Task ReadyMadeCommand_BringsItsUndoing()
    {
        _edit.ChangeStep(new StepPlace(0, 0), s => s with { Command = "", Undo = null });
        var form = Open();
        await form.InvokeAsync(() => form.FindComponent<MudMenu>().Instance.OpenMenuAsync(new MouseEventArgs()));
        var item = _popovers.FindComponents<MudMenuItem>()[0];
        await item.InvokeAsync(() => item.Instance.OnClick.InvokeAsync(new MouseEventArgs()));
        Assert.Equal((CommandPreset.All[0].Command, CommandPreset.All[0].Undo), (Step.Command, Step.Undo));
        Assert.Empty(Open().FindComponents<MudMenu>()); // what a person wrote is not written over
    }

    [Fact]
    public async Task HostThatCan_IsPreparedInsteadOfACommand_AndBack()
    {
        var form = Open("haDisarmed", "cephNoout");
        var choice = form.FindComponent<MudSelect<string>>();
        await form.InvokeAsync(() => choice.Instance.ValueChanged.InvokeAsync("haDisarmed"));
        Assert.Equal(("haDisarmed", null, null), (Step.Prepare, Step.Command, Step.Undo));
        Assert.Contains("Disarm high availability", _edit.Words.Ladder(Step), StringComparison.Ordinal);
        var again = Open("haDisarmed", "cephNoout");
        Assert.Contains("whole cluster", again.Markup, StringComparison.Ordinal);
        Assert.Single(again.FindComponents<MudSelect<string>>());
        Assert.Empty(again.FindComponents<MudTextField<string>>());
        choice = again.FindComponent<MudSelect<string>>();
        await again.InvokeAsync(() => choice.Instance.ValueChanged.InvokeAsync(""));
        Assert.Equal((null, ""), (Step.Prepare, Step.Command));
    }
}
