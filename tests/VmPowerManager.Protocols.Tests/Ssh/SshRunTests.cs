using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Lab;
using VmPowerManager.Protocols.Ssh;

namespace VmPowerManager.Protocols.Tests.Ssh;

public sealed class SshRunTests(SshLab lab)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Run_ExitCodeAndBothOutputs_Arrive()
    {
        using var connection = await ConnectAsync();
        var result = await connection.RunAsync(RemoteCommand.AsGiven("echo out; echo err >&2; exit 7"), null, Ct);
        Assert.Equal((7, "out\n", "err\n"), (result.ExitCode, result.Output, result.Error));
        Assert.Equal("err", result.Words);
    }

    [Fact]
    public async Task Run_Input_ReachesTheCommand()
    {
        using var connection = await ConnectAsync();
        var text = string.Concat(Enumerable.Range(0, 50_000).Select(i => $"{i}\n"));
        var result = await connection.RunAsync(RemoteCommand.Of("md5sum"), text, Ct);
        var expected = await connection.RunAsync(RemoteCommand.AsGiven("seq 0 49999 | md5sum"), null, Ct);
        Assert.Equal(expected.Output, result.Output);
    }

    [Fact]
    public async Task Run_NoInput_TheCommandSeesItsEnd()
    {
        using var connection = await ConnectAsync();
        var result = await connection.RunAsync(RemoteCommand.Of("cat"), null, Ct).WaitAsync(Bound, TimeProvider.System);
        Assert.Equal((0, ""), (result.ExitCode, result.Output));
        var given = await connection
            .RunAsync(RemoteCommand.AsGiven("wc -l"), null, Ct)
            .WaitAsync(Bound, TimeProvider.System);
        Assert.Equal("1", given.Output.Trim());
    }

    [Fact]
    public async Task Run_InputThatNobodyReads_DoesNotHarm()
    {
        using var connection = await ConnectAsync();
        var result = await connection
            .RunAsync(RemoteCommand.Of("true"), new string('x', 8 << 20), Ct)
            .WaitAsync(Bound, TimeProvider.System);
        Assert.Equal(0, result.ExitCode);
    }

    /// <summary>The end of the input and the end of the command meet: what is said to a channel after its close ends the
    /// whole connection.</summary>
    [Fact]
    public async Task Run_LinesThatEndBeforeTheirInput_KeepTheConnection()
    {
        using var connection = await ConnectAsync();
        var lines = Enumerable.Range(0, 4).Select(_ => ManyAsync(connection, RemoteCommand.AsGiven("exit 3")));
        Assert.All((await Task.WhenAll(lines)).SelectMany(r => r), r => Assert.Equal(3, r.ExitCode));
        Assert.True(connection.IsAlive);
    }

    private static async Task<List<SshResult>> ManyAsync(SshConnection connection, RemoteCommand command)
    {
        var results = new List<SshResult>();
        for (var i = 0; i < 50; i++)
            results.Add(await connection.RunAsync(command, null, Ct));
        return results;
    }

    [Fact]
    public async Task Run_MoreOutputThanKept_IsCutAndRunsToItsEnd()
    {
        using var connection = await ConnectAsync();
        var command = RemoteCommand.AsGiven("head -c 30000000 /dev/zero | tr '\\0' x; exit 3");
        var result = await connection.RunAsync(command, null, Ct);
        Assert.Equal((3, true, 1 << 20), (result.ExitCode, result.Truncated, result.Output.Length));
    }

    [Fact]
    public async Task Run_SystemDirectories_AreOnThePath()
    {
        using var connection = await ConnectAsync();
        var result = await connection.RunAsync(
            RemoteCommand.Script("command -v \"$1\"; echo \"$LC_ALL\"", "sshd"),
            null,
            Ct
        );
        Assert.Equal("/usr/sbin/sshd\nC\n", result.Output);
        var stub = await connection.RunAsync(RemoteCommand.Script("command -v shutdown"), null, Ct);
        Assert.Equal($"{Lab.Bin}/shutdown", stub.Output.Trim());
    }

    [Fact]
    public async Task Run_FiveAtATime_FourRun()
    {
        using var connection = await ConnectAsync(Four);
        var release = $"{Lab.Folder}/release-{Guid.NewGuid():N}";
        var wait = RemoteCommand.Script("echo x >> \"$1-by-$$\"; while [ ! -e \"$1\" ]; do sleep 0.05; done", release);
        await SshLab.RunAsync("chmod", "777", Lab.Folder);
        var five = Enumerable.Range(0, 5).Select(_ => connection.RunAsync(wait, null, Ct)).ToList();

        await UntilAsync(() => Started(release) == 4);
        await File.WriteAllTextAsync(release, "");
        await Task.WhenAll(five).WaitAsync(Bound, TimeProvider.System);

        Assert.Equal(5, Started(release));
    }

    [Fact]
    public async Task Run_Cancelled_RemoteCommandEndsAndTheChannelIsFree()
    {
        using var connection = await ConnectAsync(Four);
        var mark = $"31{Random.Shared.Next(100000, 999999)}";
        using var stop = new CancellationTokenSource();
        var sleeps = Enumerable
            .Range(0, 4)
            .Select(_ => connection.RunAsync(RemoteCommand.Of("sleep", mark), null, stop.Token))
            .ToList();
        await UntilAsync(() => Sleeping(mark) == 4);

        await stop.CancelAsync();
        foreach (var sleep in sleeps)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sleep);

        var after = await connection.RunAsync(RemoteCommand.Of("true"), null, Ct).WaitAsync(Bound, TimeProvider.System);
        Assert.Equal(0, after.ExitCode);
        await UntilAsync(() => Sleeping(mark) == 0);
    }

    [Fact]
    public async Task Run_LongerThanTheLimit_IsTimeout()
    {
        var limits = SshLimits.Default with { Command = TimeSpan.FromSeconds(0.3) };
        using var connection = await ConnectAsync(limits);
        var fault = await Assert.ThrowsAsync<DeviceException>(() =>
            connection.RunAsync(RemoteCommand.Of("sleep", "30"), null, Ct)
        );
        Assert.Equal(DeviceFault.Timeout, fault.Fault);
        Assert.StartsWith("the command ran longer", fault.Message, StringComparison.Ordinal);
        Assert.True(connection.IsAlive);
    }

    [Fact]
    public async Task Run_LostBetweenRequestAndAcceptance_CountsAsSentAndIsNotRepeated()
    {
        using var pool = new SshConnectionPool(
            SshLimits.Default with
            {
                Accept = TimeSpan.FromTicks(1),
            },
            TimeProvider.System,
            null
        );
        var file = $"/tmp/vmhpm-sent-{Guid.NewGuid():N}";
        var command = RemoteCommand.Script("echo x >> \"$1\"", file);

        var attempt = await pool.TryRunAsync(Lab.ByKey, command, null, Ct);

        // A very quick server accepts even so.
        Assert.True(attempt is { Sent: true, Fault: null or { Fault: DeviceFault.Timeout } });
        // The connection was given up: it may have run or not, but never twice.
        using var after = await ConnectAsync();
        await after.RunAsync(RemoteCommand.Of("true"), null, Ct);
        Assert.True(!File.Exists(file) || await File.ReadAllTextAsync(file, Ct) is "" or "x\n");
        File.Delete(file);
    }

    [Fact]
    public async Task Run_ChannelOpensTooLate_IsNotSentAndNeverRuns()
    {
        var time = new FakeTimeProvider();
        using var connection = await ConnectAsync(time: time);
        var file = $"/tmp/vmhpm-unsent-{Guid.NewGuid():N}";
        var sshd = (await connection.RunAsync(OwnSshd, null, Ct)).Output.Trim();
        await SshLab.RunAsync("kill", "-STOP", sshd);

        Assert.True(connection.TryEnter());
        var running = connection.RunEnteredAsync(RemoteCommand.Script("echo x >> \"$1\"", file), null, Ct);
        time.Advance(SshLimits.Default.Open + TimeSpan.FromSeconds(1));
        var attempt = await running.WaitAsync(Bound, TimeProvider.System);
        await SshLab.RunAsync("kill", "-CONT", sshd);

        Assert.Equal((false, DeviceFault.Timeout), (attempt.Sent, attempt.Fault?.Fault));
        using var after = await ConnectAsync();
        await after.RunAsync(RemoteCommand.Of("true"), null, Ct);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task Run_ConnectionKilledMidway_IsConnectionLost()
    {
        using var connection = await ConnectAsync();
        var fault = await Assert.ThrowsAsync<DeviceException>(() => connection.RunAsync(KillOwnSshd, null, Ct));
        Assert.Equal(DeviceFault.Unreachable, fault.Fault);
        Assert.StartsWith("connection lost", fault.Message, StringComparison.Ordinal);
        Assert.False(connection.IsAlive);
    }

    /// <summary>Tells the sshd process that carries it. Given no input, whose end could come after the command's.</summary>
    internal static RemoteCommand OwnSshd { get; } = RemoteCommand.Script("echo $PPID");

    /// <summary>Kills the sshd process that carries this very command.</summary>
    internal static RemoteCommand KillOwnSshd { get; } = RemoteCommand.AsGiven("p=$PPID; kill -9 $p; sleep 30");

    private static int Started(string release) =>
        Directory.GetFiles(Path.GetDirectoryName(release)!, Path.GetFileName(release) + "-by-*").Length; // an absolute path

    private static int Sleeping(string mark) =>
        Directory
            .GetDirectories("/proc")
            .Count(p =>
            {
                try
                {
                    return File.ReadAllText(Path.Combine(p, "cmdline")) == $"sleep\0{mark}\0";
                }
                catch (IOException)
                {
                    return false;
                }
            });

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 500 && !condition(); i++)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Ct);
        Assert.True(condition());
    }

    private SshLab Lab
    {
        get
        {
            lab.Require();
            return lab;
        }
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static SshLimits Four { get; } = SshLimits.Default with { Channels = 4 };

    private Task<SshConnection> ConnectAsync(SshLimits? limits = null, TimeProvider? time = null) =>
        SshConnection.ConnectAsync(Lab.ByKey, limits ?? SshLimits.Default, time ?? TimeProvider.System, null, null, Ct);
}
