using MudBlazor.Services;

namespace VmPowerManager.Shell;

public static class ShellRegistration
{
    private static readonly string[] Languages = ["en", "de"];

    /// <summary>Pages in one circuit a browser, without prerendering; account pages are static (STYLE: toolchain 8).</summary>
    public static WebApplicationBuilder AddShell(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddCascadingAuthenticationState();
        services.AddLocalization();
        services.Configure<RequestLocalizationOptions>(o =>
            o.SetDefaultCulture("en").AddSupportedCultures(Languages).AddSupportedUICultures(Languages)
        );
        services.AddMudServices(o =>
        {
            o.SnackbarConfiguration.PositionClass = MudBlazor.Defaults.Classes.Position.BottomRight;
            o.SnackbarConfiguration.VisibleStateDuration = 5000;
        });
        return builder;
    }

    /// <summary>What a request for a page needs before any endpoint.</summary>
    public static WebApplication UseShell(this WebApplication app)
    {
        app.UseRequestLocalization();
        app.UseAntiforgery();
        return app;
    }

    public static WebApplication MapShell(this WebApplication app)
    {
        app.MapRazorComponents<Document>()
            .AddInteractiveServerRenderMode(o => o.ContentSecurityFrameAncestorsPolicy = null);
        return app;
    }
}
