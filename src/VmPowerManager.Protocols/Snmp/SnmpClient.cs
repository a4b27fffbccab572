using System.Security.Cryptography;

namespace VmPowerManager.Protocols.Snmp;

/// <summary>Speaks with one SNMP agent. Any thread; calls may overlap, but only one request is out at a time, and a call
/// waits for one answer at most before its next request is sent. Connects at the first call. What it learns of the
/// agent (engine, clock, how much it stands at once) is its own: two cards never meet, whatever they call themselves.</summary>
public sealed class SnmpClient : IAsyncDisposable
{
    private readonly SnmpLink _link;
    private readonly ISnmpChannel _channel;
    private readonly SnmpLimits _limits;
    private readonly SnmpSizes _sizes;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _ending = new();
    private bool _disposed;

    public SnmpClient(SnmpEndpoint endpoint, TimeProvider time, SnmpLimits? limits = null)
    {
        Endpoint = endpoint;
        _limits = limits ?? new SnmpLimits();
        _sizes = new SnmpSizes(_limits.MaxVariables);
        _link = new SnmpLink(endpoint, time, _limits);
        _channel = endpoint.Version is SnmpVersion.V3 ? new UsmChannel(_link, time) : new CommunityChannel(_link);
    }

    public SnmpEndpoint Endpoint { get; }

    private int Tries => 1 + _limits.Retries;

    /// <summary>The values of objects; those that the agent does not have, or cannot read, are left out.</summary>
    /// <exception cref="SnmpException">No answer, or an error that no single object causes.</exception>
    public Task<IReadOnlyDictionary<Oid, SnmpValue>> GetAsync(IReadOnlyCollection<Oid> names, CancellationToken ct) =>
        new SnmpGet(AskAsync, _sizes, _limits.Retries).RunAsync(names, ct);

    /// <summary>All objects below <paramref name="root"/>, at most <paramref name="most"/>, in the agent's order. Ends
    /// where the agent does not go forward.</summary>
    /// <exception cref="SnmpException">No answer, or an error.</exception>
    public Task<IReadOnlyList<SnmpVariable>> WalkAsync(Oid root, int most, CancellationToken ct) =>
        new SnmpWalk(AskAsync, Endpoint.Version, _limits.MaxRepetitions, Tries).RunAsync(root, most, ct);

    /// <summary>Sets objects by one PDU: all of them or none. Sent again when the answer does not come: the same values
    /// may be set twice.</summary>
    /// <exception cref="SnmpException">ErrorStatus, with the agent's reason; or no answer, which leaves it open.</exception>
    public async Task SetAsync(IReadOnlyList<SnmpVariable> values, CancellationToken ct)
    {
        var answer = await AskAsync(new SnmpPdu(SnmpPduType.Set, 0, values), Tries, ct);
        if (answer.Status is not SnmpErrorStatus.NoError)
            throw SnmpException.Of(answer.Status, answer.Culprit(values));
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
            return;
        await _ending.CancelAsync();
        // Whoever has the turn ends now.
        await _turn.WaitAsync();
        _link.Dispose();
    }

    private async Task<SnmpPdu> AskAsync(SnmpPdu request, int tries, CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token, ct);
        try
        {
            await _turn.WaitAsync(either.Token);
            try
            {
                var named = request with { RequestId = RandomNumberGenerator.GetInt32(1, int.MaxValue) };
                return await _channel.AskAsync(named, tries, either.Token);
            }
            finally
            {
                _turn.Release();
            }
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new SnmpException(SnmpFault.Unreachable, $"The conversation with {Endpoint} was closed.", e);
        }
    }
}

/// <summary>A request and its response, in turn.</summary>
internal delegate Task<SnmpPdu> SnmpAsk(SnmpPdu request, int tries, CancellationToken ct);
