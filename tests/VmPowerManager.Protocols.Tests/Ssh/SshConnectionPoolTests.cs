using System.Net;
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

    /// <summary>The way was never taken before names failed (F8).</summary>
    [Fact]
    public async Task Run_NameFails_TheAddressThatItHadServes()
    {
        var addresses = new LastAddresses(TimeProvider.System);
        using var pool = new SshConnectionPool(SshLimits.Default, TimeProvider.System, null, addresses);
        addresses.Note("esx1.invalid", IPAddress.Loopback);

        Assert.True((await pool.RunAsync(Lab.ByKey with { Host = "esx1.invalid" }, True, null, Ct)).Succeeded);
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
        var first = await pool.RunAsync(Lab.ByKey, SshRunTests.OwnSshd, null, Ct);
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
        var all = Enumerable
            .Range(0, SshLimits.Default.Channels)
            .Select(_ => pool.RunAsync(Lab.ByKey, RemoteCommand.Of("sleep", "60"), null, stop.Token))
            .ToList();
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => pool.RunAsync(Lab.ByKey, True, null, Ct)))
            .WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System);
        await stop.CancelAsync();
        foreach (var one in all)
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
        var port = SshLab.FreePort();
        var endpoint = Lab.ByKey with { Port = port };
        using var pool = NewPool();
        using (await Lab.AnotherAsync(port))
            await pool.RunAsync(endpoint, True, null, Ct);
        using var other = await Lab.AnotherAsync(port, "host_other");

        var fault = await Assert.ThrowsAsync<DeviceException>(() => pool.RunAsync(endpoint, True, null, Ct));
        Assert.Equal(DeviceFault.TrustChanged, fault.Fault);

        pool.Forget("127.0.0.1", port);
        Assert.True((await pool.RunAsync(endpoint, True, null, Ct)).Succeeded);
    }

    [Fact]
    public async Task Run_OfOneWhoTrustsAnotherKey_DoesNotEndWhatRuns()
    {
        string? key = null;
        using var pool = new SshConnectionPool(SshLimits.Default, TimeProvider.System, (_, seen) => key = seen);
        await pool.RunAsync(Lab.ByKey, True, null, Ct);
        var trusted = Lab.ByKey with { HostKeyFingerprint = key };
        var (up, go) = (Path.Combine(Lab.Folder, "up"), Path.Combine(Lab.Folder, "go"));
        var command = RemoteCommand.AsGiven($"touch '{up}'; until [ -e '{go}' ]; do sleep 0.05; done; sleep 0.3");
        await SshLab.RunAsync("chmod", "777", Lab.Folder);
        var running = pool.RunAsync(trusted, command, null, Ct);
        await Eventually.TrueAsync(() => File.Exists(up), "it runs");

        var stale = Lab.ByKey with { HostKeyFingerprint = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" };
        var fault = await Assert.ThrowsAsync<DeviceException>(() => pool.RunAsync(stale, True, null, Ct));
        await File.WriteAllTextAsync(go, "", Ct);

        Assert.Equal(DeviceFault.TrustChanged, fault.Fault);
        Assert.True((await running).Succeeded);
    }

    [Fact]
    public async Task Forget_WhileACommandRuns_EndsItAsLost()
    {
        using var pool = NewPool();
        var up = Path.Combine(Lab.Folder, "up-lost");
        await SshLab.RunAsync("chmod", "777", Lab.Folder);
        var running = pool.TryRunAsync(Lab.ByKey, RemoteCommand.AsGiven($"touch '{up}'; sleep 60"), null, Ct);
        await Eventually.TrueAsync(() => File.Exists(up), "it runs");

        pool.Forget("127.0.0.1", Lab.Port);

        var attempt = await running.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Ct);
        Assert.Equal((DeviceFault.Unreachable, true), (attempt.Fault?.Fault, attempt.Sent));
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
