using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Protocols.Tests.Snmp;

/// <summary>An agent on a loopback port that answers as a test says: none, one or several datagrams for each.</summary>
internal sealed class FakeAgent : IAsyncDisposable
{
    private readonly Func<byte[], IEnumerable<byte[]>> _answer;
    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _loop;

    public FakeAgent(Func<byte[], IEnumerable<byte[]>> answer)
    {
        _answer = answer;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>v1 and v2c: a PDU for a PDU; null keeps silent.</summary>
    public FakeAgent(Func<SnmpPdu, SnmpPdu?> answer)
        : this(datagram =>
        {
            var message = SnmpMessage.Decode(datagram);
            return answer(message.Pdu) is { } pdu ? [(message with { Pdu = pdu }).Encode()] : [];
        }) { }

    public ConcurrentQueue<byte[]> Received { get; } = [];

    public int Port => ((IPEndPoint)_socket.Client.LocalEndPoint!).Port; // not null: it is bound

    public SnmpEndpoint Endpoint => new("127.0.0.1", Port);

    /// <summary>The PDUs that came, of v1 and v2c.</summary>
    public IReadOnlyList<SnmpPdu> Asked => [.. Received.Select(d => SnmpMessage.Decode(d).Pdu)];

    /// <summary>The usual answer: a value for each name that <paramref name="known"/> has, else noSuchObject.</summary>
    public static SnmpPdu Answer(SnmpPdu request, IReadOnlyDictionary<Oid, SnmpValue> known) =>
        new(
            SnmpPduType.Response,
            request.RequestId,
            [
                .. request.Variables.Select(v =>
                    v with
                    {
                        Value = known.GetValueOrDefault(v.Name) ?? SnmpValue.Absent(SnmpType.NoSuchObject),
                    }
                ),
            ]
        );

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _loop;
        _socket.Dispose();
        _ending.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var request = await _socket.ReceiveAsync(_ending.Token);
                Received.Enqueue(request.Buffer);
                foreach (var datagram in _answer(request.Buffer))
                    await _socket.SendAsync(datagram, request.RemoteEndPoint, _ending.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
