using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using VmPowerManager.Lab;
using VmPowerManager.Protocols.Ssh;

namespace VmPowerManager.Protocols.Tests.Ssh;

public sealed class SshConnectionPoolTests(SshLab lab, ITestOutputHelper output)
{
    private static readonly RemoteCommand True = RemoteCommand.Of("true");

    [Fact]
    public async Task Run_Warm_ReusesTheConnection()
    {
        using var pool = NewPool();
        var time = TimeProvider.System;
        var start = time.GetTimestamp();
        var first = await pool.RunAsync(Lab.ByKey, True, null, Ct);
        output.WriteLine($"cold: {time.GetElapsedTime(start).TotalMilliseconds:0} ms");

        var took = new List<double>();
        for (var i = 0; i < 40; i++)
        {
            start = time.GetTimestamp();
            var next = await pool.RunAsync(Lab.ByKey, True, null, Ct);
            took.Add(time.GetElapsedTime(start).TotalMilliseconds);
            Assert.Equal(first.ConnectionId, next.ConnectionId);
        }
        took.Sort();
        output.WriteLine($"warm: min {took[0]:0.0}, median {took[20]:0.0}, p95 {took[37]:0.0}, max {took[39]:0.0} ms");
    }

    [Fact]
    public async Task Run_DeadConnection_IsReplaced()
    {
        using var pool = NewPool();
        var first = await pool.RunAsync(Lab.ByKey, True, null, Ct);
        await Assert.ThrowsAsync<DeviceException>(() => pool.RunAsync(Lab.ByKey, SshRunTests.KillOwnSshd, null, Ct));
        var second = await pool.RunAsync(Lab.ByKey, True, null, Ct);
        Assert.NotEqual(first.ConnectionId, second.ConnectionId);
    }

    [Fact]
    public async Task Run_ConnectionDiedWhileIdle_CommandIsRunOnce()
    {
        using var pool = NewPool();
        var file = $"/tmp/vmhpm-once-{Guid.NewGuid():N}";
        var first = await pool.RunAsync(Lab.ByKey, RemoteCommand.AsGiven("echo $PPID"), null, Ct);
        await SshLab.RunAsync("kill", "-9", first.Output.Trim());

        await pool.RunAsync(Lab.ByKey, RemoteCommand.Script("echo x >> \"$1\"", file), null, Ct);

        Assert.Equal("x\n", await File.ReadAllTextAsync(file, Ct));
        File.Delete(file);
    }

    [Fact]
    public async Task Run_AllChannelsTaken_OpensAnotherConnection()
    {
        using var pool = NewPool();
        using var stop = new CancellationTokenSource();
        await pool.RunAsync(Lab.ByKey, True, null, Ct);
        var four = Enumerable
            .Range(0, 4)
            .Select(_ => pool.RunAsync(Lab.ByKey, RemoteCommand.Of("sleep", "60"), null, stop.Token))
            .ToList();
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => pool.RunAsync(Lab.ByKey, True, null, Ct)))
            .WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System);
        await stop.CancelAsync();
        foreach (var one in four)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
    }

    [Fact]
    public async Task Run_FirstUse_TellsTheKeyOnceAndPinningItKeepsTheConnection()
    {
        var seen = new List<string>();
        using var pool = new SshConnectionPool(SshLimits.Default, TimeProvider.System, (_, key) => seen.Add(key));

        var first = await pool.RunAsync(Lab.ByKey, True, null, Ct);
        await pool.RunAsync(Lab.ByKey, True, null, Ct);
        var pinned = await pool.RunAsync(Lab.ByKey with { HostKeyFingerprint = Assert.Single(seen) }, True, null, Ct);

        Assert.Equal(first.ConnectionId, pinned.ConnectionId);
    }

    [Fact]
    public async Task Run_KeyChangesAfterFirstUse_IsRefusedUntilForgotten()
    {
        var port = FreePort();
        var endpoint = Lab.ByKey with { Port = port };
        using var pool = NewPool();
        using (var one = await SshdAsync(port, "host_ed25519"))
        {
            await pool.RunAsync(endpoint, True, null, Ct);
            one.Kill(entireProcessTree: true);
            await one.WaitForExitAsync(Ct);
        }
        using var other = await SshdAsync(port, "host_other");

        var fault = await Assert.ThrowsAsync<DeviceException>(() => pool.RunAsync(endpoint, True, null, Ct));
        Assert.Equal(DeviceFault.TrustChanged, fault.Fault);

        pool.Forget("127.0.0.1", port);
        Assert.True((await pool.RunAsync(endpoint, True, null, Ct)).Succeeded);
        other.Kill(entireProcessTree: true);
    }

    private async Task<Process> SshdAsync(int port, string hostKey)
    {
        var config = await File.ReadAllTextAsync(Path.Combine(Lab.Folder, "sshd_config"), Ct);
        config = config
            .Replace($"Port {Lab.Port}", $"Port {port}", StringComparison.Ordinal)
            .Replace("host_ed25519", hostKey, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(Lab.Folder, "other_config"), config, Ct);
        return await Lab.StartSshdAsync("other_config", port);
    }

    private static int FreePort()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }

    private static SshConnectionPool NewPool() => new(SshLimits.Default, TimeProvider.System, null);

    private SshLab Lab
    {
        get
        {
            lab.Require();
            return lab;
        }
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;
}
