using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using VmPowerManager.Core;
using VmPowerManager.Storage;

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
        var proxies = Read("Http:KnownProxies", builder.Configuration, IPAddress.Parse);
        var networks = Read("Http:KnownNetworks", builder.Configuration, System.Net.IPNetwork.Parse);
        services.Configure<ForwardedHeadersOptions>(o => Trust(o, proxies, networks));
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
        app.UseWhen(IsApi, api => api.UseWholeCommands());
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
    private static void Trust(
        ForwardedHeadersOptions options,
        List<IPAddress> proxies,
        List<System.Net.IPNetwork> networks
    )
    {
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        proxies.ForEach(options.KnownProxies.Add);
        networks.ForEach(options.KnownIPNetworks.Add);
        // Without names the middleware would believe everybody.
        options.ForwardedHeaders =
            proxies.Count + networks.Count > 0
                ? ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto
                : ForwardedHeaders.None;
    }

    private static List<T> Read<T>(string key, ConfigurationManager configuration, Func<string, T> parse)
    {
        var values = configuration.GetSection(key).Get<string[]>() ?? [];
        try
        {
            return [.. values.Select(parse)];
        }
        catch (FormatException e)
        {
            throw new StartRefusedException($"The configuration {key} ({string.Join(", ", values)}): {e.Message}", e);
        }
    }
}
