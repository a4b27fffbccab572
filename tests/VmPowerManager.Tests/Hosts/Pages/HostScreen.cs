using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using VmPowerManager.Events;
using VmPowerManager.Hosts;
using VmPowerManager.Tests.Components;
using VmPowerManager.Ups;

namespace VmPowerManager.Tests.Hosts.Pages;

/// <summary>Components of the feature on its real services, with a platform of ours behind.</summary>
public abstract class HostScreen : ScreenContext, IAsyncLifetime
{
    protected static readonly string Key = "SHA256:" + new string('a', 43);
    protected static readonly string OtherKey = "SHA256:" + new string('b', 43);
    private HostsHarness? _harness;

    protected FakeDriver Driver { get; } = new();

    /// <summary>Other platforms, besides.</summary>
    protected virtual IEnumerable<FakeDriver> More => [];

    private protected HostsHarness Hosts => _harness!; // not null: made before every test

    public virtual async ValueTask InitializeAsync()
    {
        _harness = new HostsHarness(null, [Driver, .. More]);
        Services.AddSingleton(Hosts.Monitor);
        Services.AddSingleton(Hosts.Commands);
        Services.AddSingleton(Hosts.PowerCommands);
        Services.AddSingleton(Hosts.Get<HostTrustCommands>());
        Services.AddSingleton(Hosts.Queries);
        Services.AddSingleton(Hosts.Get<GuestCommands>());
        Services.AddSingleton(new UpsScreens(new LiveStream(), Now));
        await Hosts.StartAsync();
        As("Administrator");
    }

    public new async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await base.DisposeAsync();
        if (_harness is not null)
            await _harness.DisposeAsync();
    }

    /// <summary>A saved host whose guests have ids.</summary>
    protected async Task<int> SavedAsync(string? key = null, params GuestSighting[] guests)
    {
        Driver.Set("h1", guests);
        var ssh = new SshBlock
        {
            Host = "h.lan",
            UserName = "root",
            Password = "pw",
            HostKeyFingerprint = key,
        };
        var body = new HostBody
        {
            Name = "h1",
            Platform = "fake",
            Ssh = ssh,
        };
        var id = await Hosts.Commands.CreateAsync(HostsHarness.Admin, body, CancellationToken.None);
        await Hosts.PowerCommands.DiscoverAsync(HostsHarness.Admin, id, CancellationToken.None);
        return id;
    }

    /// <param name="last">Of several fields of that label.</param>
    protected static void Type<T>(IRenderedComponent<T> page, string label, string text, bool last = false)
        where T : IComponent
    {
        var all = page.FindAll("label").Where(l => l.TextContent.Trim() == label && l.HasAttribute("for")).ToList();
        var found = last ? all[^1] : all[0];
        page.Find($"#{found.GetAttribute("for")}").Change(text);
        page.Settle();
    }

    protected static void Click<T>(IRenderedComponent<T> page, string text)
        where T : IComponent
    {
        page.FindAll("button, .mud-menu-item").First(b => b.TextContent.Trim() == text).Click();
        page.Settle();
    }

    protected IRenderedComponent<MudDialogProvider> Dialogs()
    {
        return Render<MudDialogProvider>();
    }
}
