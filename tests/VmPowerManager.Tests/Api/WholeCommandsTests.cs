using Microsoft.AspNetCore.Builder;
using VmPowerManager.Api;

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
        await using var app = WebApplication.CreateSlimBuilder().Build();
        app.Urls.Add("http://127.0.0.1:0");
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
}
