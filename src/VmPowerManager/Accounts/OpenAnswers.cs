using Microsoft.AspNetCore.Authentication;
using VmPowerManager.Events;

namespace VmPowerManager.Accounts;

/// <summary>Ends an answer that stays open when the token that it was asked with expires or is ended, or its owner may no
/// longer stay.</summary>
internal static class OpenAnswers
{
    public static void EndOpenAnswers(this IApplicationBuilder app) =>
        app.Use(
            (http, next) =>
                http.GetEndpoint()?.Metadata.GetMetadata<StaysOpen>() is null ? next(http) : RunAsync(http, next)
        );

    private static async Task RunAsync(HttpContext http, RequestDelegate next)
    {
        var aborted = http.RequestAborted;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        http.RequestAborted = end.Token;
        var watching = EndAsync(http, end);
        try
        {
            await next(http);
        }
        finally
        {
            await end.CancelAsync();
            await watching;
            http.RequestAborted = aborted;
        }
    }

    private static async Task EndAsync(HttpContext http, CancellationTokenSource end)
    {
        var admission = http.RequestServices.GetRequiredService<Admission>();
        var expires = http.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Properties?.ExpiresUtc;
        try
        {
            await admission.UntilGoneAsync(http.User, expires, end.Token);
            await end.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // The answer ended first.
        }
    }
}
