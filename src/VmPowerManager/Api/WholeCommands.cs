namespace VmPowerManager.Api;

/// <summary>A command that has begun ends, whoever hangs up: between storing and taking effect there is no way back.
/// Reads are given up with their caller.</summary>
public static class WholeCommands
{
    public static IApplicationBuilder UseWholeCommands(this IApplicationBuilder app) =>
        app.Use(
            (http, next) =>
            {
                if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
                    http.RequestAborted = CancellationToken.None;
                return next(http);
            }
        );
}
