using System.Text;
using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Protocols.Nis;
using VmPowerManager.Protocols.Tests.Nut;

namespace VmPowerManager.Protocols.Tests.Nis;

/// <summary>The client against a server that does what apcupsd does, and what it must never do.</summary>
public sealed class NisClientTests
{
    private static readonly byte[] Good = NisSamples.Records(NisSamples.Status);

    [Fact]
    public async Task Status_Repeated_KeepsOneConnection()
    {
        await using var server = new FakeNis(Good);
        await using var client = Client(server);

        for (var i = 0; i < 3; i++)
            Assert.Equal("ONLINE", (await client.StatusAsync(default)).Find("STATUS"));

        Assert.Equal(1, server.Connections);
        Assert.Equal(["status", "status", "status"], server.Requests);
    }

    [Fact]
    public async Task Status_WholeAnswerInOneRecord_IsReadToo()
    {
        await using var server = new FakeNis([.. NisSamples.Record(NisSamples.Status), 0, 0]);
        await using var client = Client(server);

        Assert.Equal("Smart-UPS 1500", (await client.StatusAsync(default)).Find("MODEL"));
    }

    [Fact]
    public async Task Status_AfterTheServerHungUp_ConnectsAgainAtOnce()
    {
        await using var server = new FakeNis(Good);
        await using var client = Client(server);
        await client.StatusAsync(default);

        server.HangUp();
        var status = await client.StatusAsync(default);

        Assert.Equal("ONLINE", status.Find("STATUS"));
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task Status_CallerGivesUp_TheNextOneGetsTheSameAnswer()
    {
        var release = new TaskCompletionSource();
        await using var server = new FakeNis(
            async (_, stream, ct) =>
            {
                await release.Task.WaitAsync(ct);
                await stream.WriteAsync(Good, ct);
            }
        );
        await using var client = Client(server);
        using var patience = new CancellationTokenSource();
        var first = client.StatusAsync(patience.Token);
        await Eventually.TrueAsync(() => !server.Requests.IsEmpty, "the server is asked");

        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        var second = client.StatusAsync(default);
        release.SetResult();

        Assert.Equal("ONLINE", (await second).Find("STATUS"));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Status_ServerSilent_IsATimeoutAndTheConnectionIsGivenUp()
    {
        var time = new FakeTimeProvider();
        var silent = true;
        await using var server = new FakeNis(
            (_, stream, ct) => silent ? Task.CompletedTask : stream.WriteAsync(Good, ct).AsTask()
        );
        await using var client = new NisClient(new NisEndpoint("127.0.0.1", server.Port), time);
        var asking = client.StatusAsync(default);
        await Eventually.TrueAsync(() => !server.Requests.IsEmpty, "the server is asked");

        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(DeviceFault.Timeout, (await Assert.ThrowsAsync<DeviceException>(() => asking)).Fault);
        silent = false;

        Assert.Equal("ONLINE", (await client.StatusAsync(default)).Find("STATUS"));
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task Status_NobodyThere_FailsAtOnceUntilThePauseIsOver()
    {
        var time = new FakeTimeProvider();
        NisEndpoint nobody;
        await using (var gone = new FakeNis(Good))
            nobody = new NisEndpoint("127.0.0.1", gone.Port);
        await using var client = new NisClient(nobody, time);

        var first = await Assert.ThrowsAsync<DeviceException>(() => client.StatusAsync(default));
        var second = await Assert.ThrowsAsync<DeviceException>(() => client.StatusAsync(default));
        time.Advance(TimeSpan.FromSeconds(1));
        var third = await Assert.ThrowsAsync<DeviceException>(() => client.StatusAsync(default));

        Assert.Equal(DeviceFault.Unreachable, first.Fault);
        Assert.Same(first, second.InnerException);
        Assert.IsNotType<DeviceException>(third.InnerException);
    }

    public static TheoryData<string, byte[], DeviceFault> Hostile =>
        new()
        {
            { "a huge record", [0xff, 0xff, .. new byte[65535]], DeviceFault.ProtocolError },
            { "another protocol", Encoding.ASCII.GetBytes("SSH-2.0-OpenSSH_9.2\r\n"), DeviceFault.ProtocolError },
            { "no records at all", [0, 0], DeviceFault.ProtocolError },
            { "bytes that are no text", [0, 3, 0xff, 0xfe, 0x00, 0, 0], DeviceFault.Refused },
            { "a refusal", [.. NisSamples.Record("Invalid command\n\0"), 0, 0], DeviceFault.Refused },
            {
                "records without end",
                [.. Enumerable.Repeat(NisSamples.Record("X : Y\n"), 20_000).SelectMany(r => r)],
                DeviceFault.ProtocolError
            },
            {
                "records of much text without end",
                [.. Enumerable.Repeat(NisSamples.Record(new string('x', 8000)), 100).SelectMany(r => r)],
                DeviceFault.ProtocolError
            },
        };

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task Status_HostileAnswer_IsAFault(string what, byte[] answer, DeviceFault fault)
    {
        await using var server = new FakeNis(answer);
        await using var client = Client(server);

        var failure = await Assert.ThrowsAsync<DeviceException>(() => client.StatusAsync(default));

        Assert.True(fault == failure.Fault, $"{what}: {failure.Fault} {failure.Message}");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(20)]
    public async Task Status_HalfAnAnswer_IsUnreachableAndForgotten(int length)
    {
        var first = true;
        await using var server = new FakeNis(
            async (_, stream, ct) =>
            {
                await stream.WriteAsync(first ? Good.AsMemory(0, length) : Good, ct);
                if (!first)
                    return;
                first = false;
                throw new IOException("hangs up");
            }
        );
        await using var client = Client(server);

        var failure = await Assert.ThrowsAsync<DeviceException>(() => client.StatusAsync(default));

        Assert.Equal(DeviceFault.Unreachable, failure.Fault);
        Assert.Equal("ONLINE", (await client.StatusAsync(default)).Find("STATUS"));
    }

    [Fact]
    public async Task Events_AreLines_AndARefusalIsOne()
    {
        await using var server = new FakeNis(NisSamples.Records(NisSamples.Events));
        await using var client = Client(server);
        await using var mute = new FakeNis([.. NisSamples.Record("Not available\n\0"), 0, 0]);
        await using var other = Client(mute);

        var events = await client.EventsAsync(default);
        var refusal = await Assert.ThrowsAsync<DeviceException>(() => other.EventsAsync(default));

        Assert.Equal(2, events.Count);
        Assert.EndsWith("Power failure.", events[1]);
        Assert.Equal((DeviceFault.Refused, "Not available"), (refusal.Fault, refusal.Message));
    }

    [Fact]
    public async Task Dispose_WhileAsking_EndsTheCall()
    {
        await using var server = new FakeNis((_, _, _) => Task.CompletedTask);
        var client = Client(server);
        var asking = client.StatusAsync(default);
        await Eventually.TrueAsync(() => !server.Requests.IsEmpty, "the server is asked");

        await client.DisposeAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    private static NisClient Client(FakeNis server) =>
        new(new NisEndpoint("127.0.0.1", server.Port), TimeProvider.System);
}
