namespace VmPowerManager.Api;

/// <summary>What a browser may do with our answers. Nothing is ever loaded from elsewhere: an outage takes the Internet
/// with it.</summary>
internal static class SecurityHeaders
{
    private const string Data = "default-src 'none'; frame-ancestors 'none'";
    private const string Common =
        "default-src 'self'; img-src 'self' data:; font-src 'self' data:; style-src 'self' 'unsafe-inline'; "
        + "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; ";
    private const string Pages = Common + "script-src 'self'";

    // The API page configures itself by an inline script.
    private const string Docs = Common + "script-src 'self' 'unsafe-inline'";

    public static void UseSecurityHeaders(this IApplicationBuilder app) =>
        app.Use(
            (http, next) =>
            {
                var headers = http.Response.Headers;
                headers.XContentTypeOptions = "nosniff";
                headers.XFrameOptions = "DENY";
                headers["Referrer-Policy"] = "no-referrer";
                headers.ContentSecurityPolicy = Policy(http.Request.Path);
                return next(http);
            }
        );

    private static string Policy(PathString path) =>
        path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) ? Data
        : path.StartsWithSegments("/docs", StringComparison.OrdinalIgnoreCase) ? Docs
        : Pages;
}
