using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;

namespace VmPowerManager.Tests.Ups.Pages;

/// <summary>What every component needs, and an administrator in front of it.</summary>
internal sealed class Face : BunitContext
{
    public Face(Action<IServiceCollection>? add = null, string role = "Administrator")
    {
        add?.Invoke(Services);
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddMudServices();
        Services.AddLocalization();
        Services.AddSingleton(TimeProvider.System);
        var person = this.AddAuthorization();
        person.SetAuthorized("somebody");
        person.SetRoles(role);
        Render<MudBlazor.MudPopoverProvider>();
    }
}
