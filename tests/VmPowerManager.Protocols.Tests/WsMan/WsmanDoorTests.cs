using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Protocols.Tests.Nut;
using VmPowerManager.Protocols.WsMan;

namespace VmPowerManager.Protocols.Tests.WsMan;

/// <summary>Who is let in, and when: refused logins are counted where accounts are locked, and orders leave room.</summary>
public sealed class WsmanDoorTests
{
    [Fact]
    public async Task Run_AfterARefusedLogin_NoneIsTriedForAWhile()
    {
        var time = new FakeTimeProvider();
        await using var bench = await WsmanBench.StartAsync(password: "canary-wrong-1", time: time);
        Assert.DoesNotContain("not tried again", (await bench.FaultAsync()).Message, StringComparison.Ordinal);

        var again = await bench.FaultAsync();
        time.Advance(WsmanLimits.Default.LoginPause);
        var later = await bench.FaultAsync();

        Assert.Equal(DeviceFault.AuthenticationFailed, again.Fault);
        Assert.EndsWith("(not tried again for a while)", again.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not tried again", later.Message, StringComparison.Ordinal);
    }

    /// <summary>A domain counts each of them.</summary>
    [Fact]
    public async Task Run_ManyAtOnceWithAWrongPassword_AreOneLogin()
    {
        await using var bench = await WsmanBench.StartAsync(password: "canary-wrong-1");

        var faults = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => bench.FaultAsync()));

        Assert.Single(faults, f => !f.Message.Contains("not tried again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_OrdersThatHang_LeaveAPlaceForQuestions()
    {
        await using var bench = await WsmanBench.StartAsync(WsmanLimits.Default with { Shells = 3, ForQuestions = 1 });
        using var leaving = new CancellationTokenSource();
        var orders = Enumerable.Range(0, 3).Select(_ => bench.Client.RunAsync("sleep 60", [], leaving.Token)).ToList();
        await Eventually.TrueAsync(
            () => bench.Server.Actions.Count(a => a == "Command") == 2,
            "as many orders run as may"
        );

        var told = await bench.Client.AskAsync("echo here", [], TestContext.Current.CancellationToken);

        Assert.Equal("here", told.Output.Trim());
        await leaving.CancelAsync();
        foreach (var order in orders)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => order);
    }
}
