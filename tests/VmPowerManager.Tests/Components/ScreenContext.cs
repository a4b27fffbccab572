using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using MudBlazor.Services;

namespace VmPowerManager.Tests.Components;

/// <summary>What a component needs to render in a test: MudBlazor, texts, a clock that stands still, a person.</summary>
public abstract class ScreenContext : BunitContext
{
    protected ScreenContext()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddMudServices();
        Services.AddLocalization();
        Services.AddSingleton<TimeProvider>(Now);
    }

    protected FakeTimeProvider Now { get; } = new(new DateTimeOffset(2026, 1, 15, 12, 0, 0, TimeSpan.Zero));

    /// <summary>Signs somebody in with a role.</summary>
    protected void As(string role)
    {
        var person = AddAuthorization();
        person.SetAuthorized("somebody@example.org");
        person.SetRoles(role);
    }
}
