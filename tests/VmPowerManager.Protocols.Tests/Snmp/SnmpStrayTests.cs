using System.Net;
using System.Net.Sockets;
using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Protocols.Tests.Snmp;

/// <summary>Datagrams that answer nothing, or not this: they cost their time at most.</summary>
public sealed class SnmpStrayTests
{
    private static readonly SnmpLimits Quick = new() { TryTime = TimeSpan.FromSeconds(1) };
    private static readonly SnmpLimits Patient = new() { TryTime = TimeSpan.FromSeconds(5) };
    private static readonly Oid Name = Oid.Parse("1.3.6.1.2.1.1.3.0");

    [Fact]
    public async Task Get_WrongAnswersBeforeTheRightOne_AreIgnored()
    {
        await using var agent = new FakeAgent(request =>
        {
            var right = Answer(request, 1);
            return
            [
                [],
                [0x30],
                right[..^3],
                "no SNMP at all"u8.ToArray(),
                Answer(request, 2, idOffset: 1),
                Answer(request, 3, SnmpPduType.Get),
                Answer(request, 4, version: SnmpVersion.V1),
                right,
                right,
            ];
        });
        await using var client = new SnmpClient(agent.Endpoint, TimeProvider.System, Patient);

        for (var i = 0; i < 3; i++)
            Assert.Equal(1, (await client.GetAsync([Name], default))[Name].Integer);

        Assert.Equal(3, agent.Received.Count);
    }

    [Fact]
    public async Task Get_LateAnswerOfAnEarlierRequest_IsNotTaken()
    {
        byte[]? late = null;
        var count = 0;
        await using var agent = new FakeAgent(request =>
        {
            // The first request is answered only after the second has come.
            if (late is null)
            {
                late = Answer(request, 1);
                return [];
            }
            return [late, Answer(request, ++count + 1)];
        });
        await using var client = new SnmpClient(agent.Endpoint, TimeProvider.System, Quick with { Retries = 0 });
        await Assert.ThrowsAsync<SnmpException>(() => client.GetAsync([Name], default));

        Assert.Equal(2, (await client.GetAsync([Name], default))[Name].Integer);
    }

    [Fact]
    public async Task Get_AnswerToTheFirstTryAfterTheSecond_IsTaken()
    {
        byte[]? first = null;
        await using var agent = new FakeAgent(request =>
        {
            if (first is not null)
                return [first];
            first = Answer(request, 1);
            return [];
        });
        await using var client = new SnmpClient(agent.Endpoint, TimeProvider.System, Quick);

        Assert.Equal(1, (await client.GetAsync([Name], default))[Name].Integer);
    }

    [Fact]
    public async Task Get_AnswerFromAnotherSource_IsNotTaken()
    {
        using var other = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var agent = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)agent.Client.LocalEndPoint!).Port; // not null: it is bound
        await using var client = new SnmpClient(
            new SnmpEndpoint("127.0.0.1", port),
            TimeProvider.System,
            Quick with
            {
                Retries = 0,
            }
        );

        var read = client.GetAsync([Name], default);
        var request = await agent.ReceiveAsync();
        await other.SendAsync(Answer(request.Buffer, 1), request.RemoteEndPoint);

        Assert.Equal(SnmpFault.Timeout, (await Assert.ThrowsAsync<SnmpException>(() => read)).Reason);
    }

    [Fact]
    public async Task Get_OnlyRubbishComes_SaysSo()
    {
        await using var agent = new FakeAgent((byte[] _) => ["HTTP/1.1 400 Bad Request"u8.ToArray()]);
        await using var client = new SnmpClient(agent.Endpoint, TimeProvider.System, Quick);

        var fault = await Assert.ThrowsAsync<SnmpException>(() => client.GetAsync([Name], default));

        Assert.Equal((SnmpFault.Malformed, DeviceFault.ProtocolError), (fault.Reason, fault.Fault));
    }

    [Fact]
    public async Task Get_FloodOfWrongAnswers_EndsSoon()
    {
        await using var agent = new FakeAgent(request =>
            Enumerable.Range(1, 1000).Select(i => Answer(request, 1, idOffset: i))
        );
        await using var client = new SnmpClient(agent.Endpoint, TimeProvider.System, Patient with { Retries = 0 });
        var began = TimeProvider.System.GetTimestamp();

        var fault = await Assert.ThrowsAsync<SnmpException>(() => client.GetAsync([Name], default));

        Assert.Equal(SnmpFault.Malformed, fault.Reason);
        Assert.InRange(TimeProvider.System.GetElapsedTime(began).TotalSeconds, 0, 4.9);
    }

    [Fact]
    public async Task Calls_Overlapping_TakeTurns()
    {
        var (inFlight, most) = (0, 0);
        await using var agent = new FakeAgent(request =>
        {
            most = Math.Max(most, Interlocked.Increment(ref inFlight));
            Interlocked.Decrement(ref inFlight);
            return [Answer(request, 1)];
        });
        await using var client = new SnmpClient(agent.Endpoint, TimeProvider.System, Patient);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => client.GetAsync([Name], default)));

        Assert.Equal((50, 1), (agent.Received.Count, most));
    }

    [Fact]
    public async Task Dispose_WhileWaiting_EndsTheCall()
    {
        await using var agent = new FakeAgent((byte[] _) => []);
        var client = new SnmpClient(agent.Endpoint, TimeProvider.System, Patient);
        var read = client.GetAsync([Name], default);

        await client.DisposeAsync();
        await client.DisposeAsync();

        Assert.Equal(SnmpFault.Unreachable, (await Assert.ThrowsAsync<SnmpException>(() => read)).Reason);
        await Assert.ThrowsAsync<SnmpException>(() => client.GetAsync([Name], default));
    }

    [Fact]
    public async Task Get_CallerGivesUp_IsCancelledAndTheNextCallWorks()
    {
        var silent = true;
        await using var agent = new FakeAgent(request => silent ? [] : [Answer(request, 1)]);
        await using var client = new SnmpClient(agent.Endpoint, TimeProvider.System, Patient);
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetAsync([Name], patience.Token));
        silent = false;

        Assert.Equal(1, (await client.GetAsync([Name], default))[Name].Integer);
    }

    private static byte[] Answer(
        byte[] request,
        int value,
        SnmpPduType type = SnmpPduType.Response,
        int idOffset = 0,
        SnmpVersion? version = null
    )
    {
        var message = SnmpMessage.Decode(request);
        var pdu = new SnmpPdu(
            type,
            message.Pdu.RequestId ^ idOffset,
            [.. message.Pdu.Variables.Select(v => v with { Value = SnmpValue.OfInteger(value) })]
        );
        return (message with { Pdu = pdu, Version = version ?? message.Version }).Encode();
    }
}
