using Coravel;
using MudBlazor.Services;
using VmPowerManager.Components;

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
        services.AddTransient<MudBlazor.MudLocalizer, MudTexts>();
        services.AddTransient<SpareMemoryJob>();
        return builder;
    }

    /// <summary>Around everything else: the language, and a page for an address that has none.</summary>
    public static WebApplication UseShell(this WebApplication app)
    {
        app.UseRequestLocalization();
        app.UseWhen(IsPage, pages => pages.UseStatusCodePagesWithReExecute("/not-found"));
        return app;
    }

    public static WebApplication MapShell(this WebApplication app)
    {
        app.Services.UseScheduler(s => s.OnWorker("memory").Schedule<SpareMemoryJob>().EveryFiveMinutes());
        app.UseAntiforgery();
        app.MapRazorComponents<Document>()
            .AddInteractiveServerRenderMode(o => o.ContentSecurityFrameAncestorsPolicy = null);
        return app;
    }

    /// <summary>A person who looks for a page, not a script that calls the API.</summary>
    private static bool IsPage(HttpContext http) =>
        HttpMethods.IsGet(http.Request.Method)
        && !http.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
        && http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);
}
