using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace VmPowerManager.Tests.Notifications;

/// <summary>What a receiver got.</summary>
internal sealed record Received(string Path, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public System.Text.Json.JsonElement Json => System.Text.Json.JsonElement.Parse(Body);
    public string Title => Json.GetProperty("title").GetString() ?? "";
    public string Delivery => Headers["X-VmPowerManager-Delivery"];
}

/// <summary>A web server that keeps what it gets and answers as the test says.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<Received> _got = [];
    private readonly WebApplication _app;

    private Receiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(o => o.ShutdownTimeout = TimeSpan.Zero);
        _app = builder.Build();
        _app.Urls.Add("http://127.0.0.1:0");
        _app.Run(TakeAsync);
    }

    /// <summary>Answers; null: 204.</summary>
    public Func<HttpContext, Task>? Answer { get; set; }
    public string Url => $"{_app.Urls.First()}/hook";
    public IReadOnlyList<Received> Got => [.. _got];

    public static async Task<Receiver> StartAsync(Func<HttpContext, Task>? answer = null)
    {
        var receiver = new Receiver { Answer = answer };
        await receiver._app.StartAsync();
        return receiver;
    }

    public static Func<HttpContext, Task> Status(int status, string body = "") =>
        http =>
        {
            http.Response.StatusCode = status;
            return http.Response.WriteAsync(body);
        };

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync();
        var headers = http.Request.Headers.ToDictionary(
            h => h.Key,
            h => h.Value.ToString(),
            StringComparer.OrdinalIgnoreCase
        );
        _got.Enqueue(new Received(http.Request.Path, headers, body));
        http.Response.StatusCode = (int)HttpStatusCode.NoContent;
        if (Answer is { } answer)
            await answer(http);
    }
}
