using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using VmPowerManager.Api;
using VmPowerManager.Events;

namespace VmPowerManager.Tests.Api;

public sealed class WholeCommandsTests
{
    [Theory]
    [InlineData("GET", true)]
    [InlineData("POST", false)]
    [InlineData("PUT", false)]
    [InlineData("DELETE", false)]
    public async Task CallerHangsUp_OnlyAReadIsGivenUp(string method, bool isGivenUp)
    {
        var (arrived, hungUp) = (new TaskCompletionSource(), new TaskCompletionSource());
        var seen = new TaskCompletionSource<bool>();
        await using var app = App(new EventLog(TimeProvider.System));
        app.Use(
            (http, next) =>
            {
                http.RequestAborted.Register(hungUp.SetResult);
                return next(http);
            }
        );
        app.UseWholeCommands();
        app.Run(async http =>
        {
            arrived.SetResult();
            await hungUp.Task;
            seen.SetResult(http.RequestAborted.IsCancellationRequested);
        });
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        using var caller = new CancellationTokenSource();
        using var request = new HttpRequestMessage(new HttpMethod(method), "/");

        var call = client.SendAsync(request, caller.Token);
        await arrived.Task;
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(isGivenUp, await seen.Task);
    }

    [Fact]
    public async Task Done_IsAnsweredWhenItIsInTheRecord()
    {
        var log = new EventLog(TimeProvider.System);
        await using var app = App(log);
        app.UseWholeCommands();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        app.Run(http =>
        {
            log.Append(new NewEvent("test.done", Severity.Info, "system", "It is done."));
            done.SetResult();
            return http.Response.WriteAsync("done");
        });
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };

        var answer = client.PostAsync("/", null);
        await done.Task;
        Assert.False(answer.IsCompleted);
        log.MarkStored(log.Newest.Value);

        Assert.Equal("done", await (await answer).Content.ReadAsStringAsync());
    }

    private static WebApplication App(EventLog log)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton(log);
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        return app;
    }
}
