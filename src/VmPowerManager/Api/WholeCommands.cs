using VmPowerManager.Events;

namespace VmPowerManager.Api;

/// <summary>A command that has begun ends, whoever hangs up: between storing and taking effect there is no way back. It is
/// answered when its events are stored, too: who was told that it is done finds it in the record, even if the process dies
/// then. Reads are given up with their caller.</summary>
public static class WholeCommands
{
    /// <summary>A slow disk delays an answer by no more.</summary>
    private static readonly TimeSpan RecordWithin = TimeSpan.FromSeconds(2);

    public static IApplicationBuilder UseWholeCommands(this IApplicationBuilder app) =>
        app.Use(
            (http, next) =>
            {
                if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
                {
                    http.RequestAborted = CancellationToken.None;
                    var log = http.RequestServices.GetRequiredService<EventLog>();
                    http.Response.OnStarting(() => log.StoredAsync(RecordWithin));
                }
                return next(http);
            }
        );
}
