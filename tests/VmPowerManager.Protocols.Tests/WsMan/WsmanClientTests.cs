using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Protocols.Tests.Nut;
using VmPowerManager.Protocols.WsMan;

namespace VmPowerManager.Protocols.Tests.WsMan;

/// <summary>Against the stand-in, which pywinrm and masterzen/winrm drive as well (<see cref="WinrmOthersTests"/>).</summary>
public sealed class WsmanClientTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_OutputErrorAndExitCode_ComeBack()
    {
        await using var bench = await WsmanBench.StartAsync();

        var result = await bench.RunAsync("echo \"grüße <&>\"; echo wrong >&2; exit 7");

        Assert.Equal(new WsmanResult(7, "grüße <&>\n", "wrong\n", false), result);
    }

    [Fact]
    public async Task Run_ExitCodeOfWindowsFailure_IsNegative()
    {
        await using var bench = await WsmanBench.StartAsync();
        bench.Server.Before = async (verb, context) =>
        {
            if (verb != "Receive")
                return false;
            await Answers.SayAsync(context, Answers.Done("4294967295", bench.Server));
            return true;
        };

        var result = await bench.RunAsync("true");

        Assert.Equal(-1, result.ExitCode);
    }

    [Fact]
    public async Task Run_Arguments_AreJoinedAsWindowsDoes()
    {
        await using var bench = await WsmanBench.StartAsync(tls: false);

        var result = await bench.Client.RunAsync("echo", ["one", "'two  three'"], Ct);

        Assert.Equal("one two  three\n", result.Output);
        Assert.Equal("echo one 'two  three'", Assert.Single(bench.Server.Shells.Lines));
    }

    [Fact]
    public async Task Run_Twice_UsesOneShellAndLeavesNoCommandBehind()
    {
        await using var bench = await WsmanBench.StartAsync();
        bench.Server.Shells.MostCommands = 2;
        for (var i = 0; i < 5; i++)
            Assert.Equal($"{i}\n", (await bench.RunAsync($"echo {i}")).Output);

        Assert.Equal(1, bench.Server.Shells.Count);
        Assert.Single(bench.Server.Actions, a => a == "Create");
        await bench.Client.DisposeAsync();
        Assert.Equal(0, bench.Server.Shells.Count);
    }

    [Fact]
    public async Task Run_MoreThanAnEnvelopeHolds_ComesWhole()
    {
        await using var bench = await WsmanBench.StartAsync();

        var result = await bench.RunAsync("head -c 600000 /dev/zero | tr '\\0' x");

        Assert.Equal(600_000, result.Output.Length);
        Assert.False(result.Truncated);
        Assert.True(bench.Server.Actions.Count(a => a == "Receive") >= 5);
    }

    [Fact]
    public async Task Run_EndlessTalker_IsBounded()
    {
        var limits = WsmanLimits.Default with { OutputBytes = 1000 };
        await using var bench = await WsmanBench.StartAsync(limits);

        var result = await bench.RunAsync("head -c 3000000 /dev/zero | tr '\\0' x; exit 3");

        Assert.True(result.Truncated);
        Assert.Equal((3, 1000), (result.ExitCode, result.Output.Length));
    }

    [Fact]
    public async Task Run_NothingWithinOperationTimeout_GoesOnReceiving()
    {
        var limits = WsmanLimits.Default with { Operation = TimeSpan.FromMilliseconds(100) };
        await using var bench = await WsmanBench.StartAsync(limits);

        var result = await bench.RunAsync("sleep 0.7; echo late");

        Assert.Equal("late\n", result.Output);
        Assert.True(bench.Server.Actions.Count(a => a == "Receive") >= 2);
    }

    [Fact]
    public async Task Run_Cancelled_TerminatesTheCommandAndDeletesTheShell()
    {
        await using var bench = await WsmanBench.StartAsync();
        using var cancel = new CancellationTokenSource();
        var running = bench.Client.RunAsync("sleep 600", [], cancel.Token);
        await Eventually.TrueAsync(() => bench.Server.Actions.Contains("Receive"), "it receives");

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await Eventually.TrueAsync(() => bench.Server.Shells is { Count: 0, Running: 0 }, "the shell is gone");
        Assert.Equal(["Signal", "Delete"], bench.Server.Actions.TakeLast(2));
        Assert.Equal("again\n", (await bench.RunAsync("echo again")).Output);
    }

    [Fact]
    public async Task Run_LongerThanTheLimit_IsTimeoutAndEnded()
    {
        var limits = WsmanLimits.Default with { Command = TimeSpan.FromMilliseconds(200) };
        await using var bench = await WsmanBench.StartAsync(limits);

        var fault = await bench.FaultAsync("sleep 600");

        Assert.Equal(DeviceFault.Timeout, fault.Fault);
        Assert.True(Assert.IsType<WsmanException>(fault).Begun);
        await Eventually.TrueAsync(() => bench.Server.Shells is { Count: 0, Running: 0 }, "the shell is gone");
    }

    [Fact]
    public async Task Run_ServiceForgotItsShells_OpensAnother()
    {
        await using var bench = await WsmanBench.StartAsync();
        await bench.RunAsync("true");
        bench.Server.Shells.DeleteAll();

        Assert.Equal("again\n", (await bench.RunAsync("echo again")).Output);
    }

    [Fact]
    public async Task Run_MoreAtATimeThanShells_Waits()
    {
        var limits = WsmanLimits.Default with { Shells = 2 };
        await using var bench = await WsmanBench.StartAsync(limits);

        var all = Enumerable.Range(0, 8).Select(i => bench.RunAsync($"sleep 0.05; echo {i}")).ToList();
        await Task.WhenAll(all);

        Assert.Equal(Enumerable.Range(0, 8).Select(i => $"{i}\n"), all.Select(r => r.Result.Output));
        Assert.InRange(bench.Server.Shells.Count, 1, 2);
    }

    [Fact]
    public async Task Tidy_IdleShell_IsDeleted()
    {
        var time = new FakeTimeProvider();
        await using var bench = await WsmanBench.StartAsync(time: time);
        await bench.RunAsync("true");
        Assert.Equal(1, bench.Server.Shells.Count);

        time.Advance(WsmanLimits.Default.Idle);
        bench.Client.Tidy();

        await Eventually.TrueAsync(() => bench.Server.Shells.Count == 0, "the shell is deleted");
        Assert.True(bench.Client.IsUnused);
    }

    [Fact]
    public async Task Pool_Idle_LetsGoAndBeginsAnew()
    {
        var time = new FakeTimeProvider();
        await using var bench = await WsmanBench.StartAsync(time: time);
        var told = new List<string>();
        var limits = WsmanLimits.Default;
        await using var pool = new WsmanClientPool(limits, time, (_, seen) => told.Add(seen));
        var endpoint = bench.Endpoint with { CertificateFingerprint = null };
        await pool.RunAsync(endpoint, "true", [], Ct);

        time.Advance(limits.Idle);

        await Eventually.TrueAsync(() => bench.Server.Shells.Count == 0, "the shell is deleted");
        Assert.Equal("x\n", (await pool.RunAsync(endpoint, "echo", ["x"], Ct)).Output);
        Assert.Equal(bench.Endpoint.CertificateFingerprint, told[0]);
    }
}
