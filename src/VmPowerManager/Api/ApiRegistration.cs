using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using VmPowerManager.Core;

namespace VmPowerManager.Api;

public static class ApiRegistration
{
    private const long LargestBody = 1 << 20;

    /// <summary>Problem documents, JSON, OpenAPI, limits.</summary>
    public static WebApplicationBuilder AddApi(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddExceptionHandler<ProblemHandler>();
        services.AddProblemDetails();
        services.ConfigureHttpJsonOptions(o => Json.Apply(o.SerializerOptions));
        // In every environment: the handler above answers with the path of the field.
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        services.Configure<ForwardedHeadersOptions>(o => Trust(o, builder.Configuration));
        services.AddOpenApiDescription();
        builder.WebHost.ConfigureKestrel(k =>
        {
            k.AddServerHeader = false;
            k.Limits.MaxRequestBodySize = LargestBody;
        });
        return builder;
    }

    /// <summary>The way of every request, before any feature's endpoint.</summary>
    public static WebApplication UseApi(this WebApplication app)
    {
        app.UseForwardedHeaders();
        app.UseSecurityHeaders();
        app.UseWhen(IsApi, api => api.UseStatusCodePages(c => Problems.WriteStatusAsync(c.HttpContext)));
        app.UseExceptionHandler();
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        return app;
    }

    public static WebApplication MapApi(this WebApplication app)
    {
        app.MapHealth();
        app.MapOpenApiDescription();
        app.MapStaticAssets().AllowAnonymous();
        return app;
    }

    private static bool IsApi(HttpContext http) =>
        http.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);

    /// <summary>Nobody is believed who was not named, not even loopback.</summary>
    private static void Trust(ForwardedHeadersOptions options, ConfigurationManager configuration)
    {
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in configuration.GetSection("Http:KnownProxies").Get<string[]>() ?? [])
            options.KnownProxies.Add(IPAddress.Parse(proxy));
        foreach (var network in configuration.GetSection("Http:KnownNetworks").Get<string[]>() ?? [])
            options.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(network));
        var named = options.KnownProxies.Count + options.KnownIPNetworks.Count > 0;
        // Without names the middleware would believe everybody.
        options.ForwardedHeaders = named
            ? ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto
            : ForwardedHeaders.None;
    }
}
