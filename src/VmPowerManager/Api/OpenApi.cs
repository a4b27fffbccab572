using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace VmPowerManager.Api;

/// <summary>The description of the API at /openapi/v1.json (OpenAPI 3.1), and the page that shows it at /docs.</summary>
internal static class OpenApi
{
    private const string Scheme = "bearer";

    public static void AddOpenApiDescription(this IServiceCollection services) =>
        services.AddOpenApi(
            "v1",
            o =>
            {
                o.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
                o.AddDocumentTransformer(DescribeAsync);
                o.AddOperationTransformer(DemandTokenAsync);
            }
        );

    public static void MapOpenApiDescription(this IEndpointRouteBuilder app)
    {
        app.MapOpenApi().AllowAnonymous();
        // Everything comes from this program: no fonts, agents or telemetry of the page's maker.
        app.MapScalarApiReference(
                "/docs",
                o =>
                    o.WithTitle("VM Host Power Manager API")
                        .WithFavicon("/favicon.svg")
                        .DisableDefaultFonts()
                        .DisableTelemetry()
                        .DisableAgent()
                        .DisableMcp()
                        .HideDeveloperTools()
            )
            .AllowAnonymous();
    }

    private static Task DescribeAsync(
        OpenApiDocument document,
        OpenApiDocumentTransformerContext _,
        CancellationToken ct
    )
    {
        document.Info = new OpenApiInfo
        {
            Title = "VM Host Power Manager",
            Version = "v1",
            Description =
                "Durations are whole seconds, percentages 0-100, times ISO 8601 UTC. Errors are problem documents (RFC 9457).",
        };
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[Scheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = Scheme,
            Description = "An access token of POST /api/v1/auth/token, or a personal API token (vhp_...).",
        };
        return Task.CompletedTask;
    }

    private static Task DemandTokenAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken ct
    )
    {
        if (!context.Description.ActionDescriptor.EndpointMetadata.OfType<IAllowAnonymous>().Any())
            operation.Security =
            [
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, context.Document)] = [] },
            ];
        return Task.CompletedTask;
    }
}
