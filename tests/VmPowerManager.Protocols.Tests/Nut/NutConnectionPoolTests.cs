using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Protocols.Nut;

namespace VmPowerManager.Protocols.Tests.Nut;

public sealed class NutConnectionPoolTests
{
    [Fact]
    public async Task Leases_OfOneServer_ShareOneConnection()
    {
        await using var server = new FakeUpsd(line => FakeUpsd.Usual(line));
        var pool = new NutConnectionPool(TimeProvider.System);
        await using var one = pool.Lease(At(server));
        await using var other = pool.Lease(At(server));

        for (var i = 0; i < 20; i++)
            await Task.WhenAll(StatusAsync(one, "ups1"), StatusAsync(other, "ups2"));

        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task Leases_WithOtherCredentials_HaveConnectionsOfTheirOwn()
    {
        await using var server = new FakeUpsd(line => FakeUpsd.Usual(line));
        var pool = new NutConnectionPool(TimeProvider.System);
        await using var one = pool.Lease(At(server));
        await using var other = pool.Lease(At(server) with { UserName = "admin", Password = "x" });

        await StatusAsync(one, "ups1");
        await StatusAsync(other, "ups1");

        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task ReadNow_WhileAnotherUpsListIsSlow_DoesNotWaitForIt()
    {
        var release = new TaskCompletionSource();
        await using var server = new FakeUpsd(
            async (line, stream, ct) =>
            {
                if (line == "LIST VAR ups2")
                    await release.Task;
                await FakeUpsd.SendAsync(stream, FakeUpsd.Usual(line) ?? "", ct);
            }
        );
        var pool = new NutConnectionPool(TimeProvider.System);
        await using var one = pool.Lease(At(server));
        await using var other = pool.Lease(At(server));

        var slow = other.ReadAsync((client, ct) => client.ListVariablesAsync("ups2", ct), default);
        await Eventually.TrueAsync(() => !server.Requests.IsEmpty, "the list is asked for");
        var statuses = new[] { await StatusAsync(one, "ups1"), await StatusAsync(one, "ups1") };

        Assert.Equal(["OL", "OL"], statuses);
        Assert.False(slow.IsCompleted);
        Assert.Equal(2, server.Connections);
        release.SetResult();
        Assert.Single(await slow);
    }

    [Fact]
    public async Task Read_AfterTheServerHungUpAnIdleConnection_ConnectsAgainByItself()
    {
        await using var server = new FakeUpsd(line => FakeUpsd.Usual(line));
        var pool = new NutConnectionPool(TimeProvider.System);
        await using var lease = pool.Lease(At(server));
        await StatusAsync(lease, "ups1");

        server.HangUp();

        Assert.Equal("OL", await StatusAsync(lease, "ups1"));
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task Read_AfterACallerGaveUp_DoesNotTakeTheLateAnswer()
    {
        var hang = true;
        await using var server = new FakeUpsd(line =>
            Volatile.Read(ref hang) && line.Contains("ups1", StringComparison.Ordinal) ? null : FakeUpsd.Usual(line)
        );
        var pool = new NutConnectionPool(TimeProvider.System);
        await using var lease = pool.Lease(At(server));
        using var giveUp = new CancellationTokenSource();

        var call = StatusAsync(lease, "ups1", giveUp.Token);
        await Eventually.TrueAsync(() => !server.Requests.IsEmpty, "the request arrives");
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Volatile.Write(ref hang, false);

        Assert.Equal("OL", await StatusAsync(lease, "ups2"));
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task Read_StaleUps_LeavesTheSharedConnectionOpen()
    {
        await using var server = new FakeUpsd(line =>
            FakeUpsd.Usual(line, l => l.Contains("ups2", StringComparison.Ordinal) ? "ERR DATA-STALE\n" : null)
        );
        var pool = new NutConnectionPool(TimeProvider.System);
        await using var one = pool.Lease(At(server));
        await using var other = pool.Lease(At(server));

        for (var i = 0; i < 5; i++)
        {
            await Assert.ThrowsAsync<NutDataStaleException>(() => StatusAsync(other, "ups2"));
            Assert.Equal("OL", await StatusAsync(one, "ups1"));
        }

        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task Read_ServerAway_PausesGrowAndTheServerIsFoundAgain()
    {
        var time = new FakeTimeProvider();
        var port = FreePort();
        var pool = new NutConnectionPool(time);
        await using var lease = pool.Lease(new NutEndpoint("127.0.0.1", port));

        var first = await Assert.ThrowsAsync<DeviceException>(() => StatusAsync(lease, "ups1"));
        var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        var inPause = await Assert.ThrowsAsync<DeviceException>(() => StatusAsync(lease, "ups1"));
        Assert.False(listener.Pending());
        time.Advance(TimeSpan.FromMilliseconds(300));
        var found = StatusAsync(lease, "ups1");
        using var peer = await listener.AcceptSocketAsync();
        await peer.SendAsync("VAR ups1 ups.status \"OB\"\n"u8.ToArray());

        listener.Stop();
        Assert.Equal("OB", await found);
        Assert.Equal(DeviceFault.Unreachable, first.Fault);
        Assert.Equal(first.Message, inPause.Message);
    }

    [Fact]
    public async Task Write_ConnectionBreaks_IsNotSentAgain()
    {
        await using var server = new FakeUpsd(
            async (line, stream, ct) =>
            {
                if (line.StartsWith("INSTCMD", StringComparison.Ordinal))
                    await stream.DisposeAsync();
                else
                    await FakeUpsd.SendAsync(stream, FakeUpsd.Usual(line) ?? "", ct);
            }
        );
        var pool = new NutConnectionPool(TimeProvider.System);
        await using var lease = pool.Lease(At(server));
        await StatusAsync(lease, "ups1");

        await Assert.ThrowsAsync<DeviceException>(() =>
            lease.WriteAsync((client, ct) => client.RunCommandAsync("ups1", "load.off", null, ct), default)
        );

        Assert.Single(server.Requests, line => line.StartsWith("INSTCMD", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Dispose_LastLease_ClosesAndTheNextLeaseConnectsAnew()
    {
        await using var server = new FakeUpsd(line => FakeUpsd.Usual(line));
        var pool = new NutConnectionPool(TimeProvider.System);
        var one = pool.Lease(At(server));
        await StatusAsync(one, "ups1");
        await one.DisposeAsync();
        await one.DisposeAsync();

        await using var next = pool.Lease(At(server));
        await StatusAsync(next, "ups1");

        Assert.Equal(2, server.Connections);
    }

    private static Task<string?> StatusAsync(NutLease lease, string ups, CancellationToken ct = default) =>
        lease.ReadNowAsync((client, limited) => client.GetVariableAsync(ups, "ups.status", limited), ct);

    private static NutEndpoint At(FakeUpsd server) => new("127.0.0.1", server.Port);

    private static int FreePort()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        return port;
    }
}
