using VmPowerManager.Lab;
using VmPowerManager.Protocols.Ssh;

namespace VmPowerManager.Protocols.Tests.Ssh;

/// <summary>Many commands at once on an sshd that allows so many sessions a connection (<c>MaxSessions</c>).</summary>
public sealed class SshSessionsTests(SshLab lab) : IAsyncLifetime
{
    private const int Many = 20;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private string _folder = "";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(10)]
    public async Task Run_ManyAtOnce_EachRunsOnceAndNoConnectionIsLost(int sessions)
    {
        var (endpoint, server) = await AllowingAsync(sessions);
        using var sshd = server;
        using var pool = NewPool();

        var results = new List<(int, SshAttempt)>();
        foreach (var round in new[] { 0, Many })
            results.AddRange(
                await Task.WhenAll(Enumerable.Range(round, Many).Select(AppendAsync))
                    .WaitAsync(Bound, TimeProvider.System)
            );

        Assert.All(results, r => Assert.Equal($"{r.Item1}\n", r.Item2.Result.Output));
        Assert.All(results, r => Assert.Equal($"{r.Item1}\n", File.ReadAllText(Path.Combine(_folder, $"{r.Item1}"))));
        Assert.InRange(results.Select(r => r.Item2.Result.ConnectionId).Distinct().Count(), 1, 3);

        async Task<(int, SshAttempt)> AppendAsync(int n)
        {
            var command = RemoteCommand.Script("echo \"$2\" >> \"$1/$2\"; sleep 0.3; echo \"$2\"", _folder, $"{n}");
            return (n, await pool.TryRunAsync(endpoint, command, null, Ct));
        }
    }

    [Fact]
    public async Task Run_ServerAllowsTen_TwentyRunAtATime()
    {
        var (endpoint, server) = await AllowingAsync(10);
        using var sshd = server;
        using var pool = NewPool();
        var all = Enumerable.Range(0, Many).Select(_ => pool.RunAsync(endpoint, UntilReleased, null, Ct)).ToList();

        await Eventually.TrueAsync(() => Started == Many, "all run");
        await ReleaseAsync();

        var results = await Task.WhenAll(all).WaitAsync(Bound, TimeProvider.System);
        Assert.Equal(3, results.Select(r => r.ConnectionId).Distinct().Count());
    }

    [Fact]
    public async Task Run_OneMoreThanTheServerAllows_WaitsAndDisturbsNothing()
    {
        var (endpoint, server) = await AllowingAsync(2);
        using var sshd = server;
        using var connection = await SshConnection.ConnectAsync(
            endpoint,
            SshLimits.Default,
            TimeProvider.System,
            null,
            null,
            Ct
        );
        var two = Enumerable.Range(0, 2).Select(_ => connection.RunAsync(UntilReleased, null, Ct)).ToList();
        await Eventually.TrueAsync(() => Started == 2, "two run");

        var third = connection.TryEnter() ? connection.RunEnteredAsync(UntilReleased, null, Ct) : null;
        Assert.True(await third! is { Refused: true, Sent: false }); // eight are wanted, so it entered
        Assert.False(connection.TryEnter());
        var waits = connection.RunAsync(UntilReleased, null, Ct);
        await ReleaseAsync();

        await Task.WhenAll([.. two, waits]).WaitAsync(Bound, TimeProvider.System);
        Assert.Equal((3, true), (Started, connection.IsAlive));
    }

    /// <summary>The server counts it until it has ended, which no signal makes it do.</summary>
    [Fact]
    public async Task Run_OnlySessionHeldByWhatWasCancelled_RunsOnAnotherConnection()
    {
        var (endpoint, server) = await AllowingAsync(1);
        using var sshd = server;
        using var pool = NewPool();
        using var stop = new CancellationTokenSource();
        var deaf = RemoteCommand.Script(
            "trap '' TERM HUP; echo x >> \"$1-by-$$\"; while [ -d \"${1%/*}\" ] && [ ! -e \"$1\" ]; do sleep 0.05; done",
            Path.Combine(_folder, "release")
        );
        var cancelled = pool.RunAsync(endpoint, deaf, null, stop.Token);
        await Eventually.TrueAsync(() => Started == 1, "it runs");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);

        var after = await pool.RunAsync(endpoint, RemoteCommand.Of("true"), null, Ct)
            .WaitAsync(Bound, TimeProvider.System);

        await ReleaseAsync();
        Assert.True(after.Succeeded);
    }

    [Fact]
    public async Task Run_ServerAllowsNone_AllAreToldInItsWords()
    {
        var (endpoint, server) = await AllowingAsync(0);
        using var sshd = server;
        using var pool = NewPool();

        var attempts = await Task.WhenAll(
                Enumerable.Range(0, Many).Select(_ => pool.TryRunAsync(endpoint, UntilReleased, null, Ct))
            )
            .WaitAsync(Bound, TimeProvider.System);

        Assert.All(attempts, a => Assert.Equal((DeviceFault.Refused, false), (a.Fault?.Fault, a.Sent)));
        Assert.All(
            attempts,
            a => Assert.EndsWith("opens no channel for a command: open failed (connect failed)", a.Fault?.Message)
        );
        Assert.Equal(0, Started);
    }

    private RemoteCommand UntilReleased =>
        RemoteCommand.Script(
            "echo x >> \"$1-by-$$\"; while [ -d \"${1%/*}\" ] && [ ! -e \"$1\" ]; do sleep 0.05; done",
            Path.Combine(_folder, "release")
        );

    private int Started => Directory.GetFiles(_folder, "release-by-*").Length;

    private Task ReleaseAsync() => File.WriteAllTextAsync(Path.Combine(_folder, "release"), "", Ct);

    private async Task<(SshEndpoint, OtherSshd)> AllowingAsync(int sessions)
    {
        lab.Require();
        var port = SshLab.FreePort();
        return (lab.ByKey with { Port = port }, await lab.AnotherAsync(port, settings: $"MaxSessions {sessions}"));
    }

    private static SshConnectionPool NewPool() => new(SshLimits.Default, TimeProvider.System, null);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _folder = Directory.CreateTempSubdirectory("vmhpm-sessions-").FullName;
        await SshLab.RunAsync("chmod", "777", _folder);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
