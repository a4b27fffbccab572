using System.Collections.Concurrent;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Proxmox;

namespace VmPowerManager.Hosts.Proxmox;

/// <summary>Asks guest agents whether they answer. A node has three workers for such calls, and one whose agent does not answer
/// takes seconds of one: orders must find one free. Any thread.</summary>
internal sealed class ProxmoxAgents(TimeProvider time) : IDisposable
{
    public const int AtATime = 2;

    /// <summary>The node itself gives up after three seconds, and its answer is on the way a moment more.</summary>
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan TurnWithin = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Lasts = TimeSpan.FromMinutes(2);
    private readonly SemaphoreSlim _turns = new(AtATime, AtATime);
    private readonly ConcurrentDictionary<long, long> _answered = new();

    /// <summary>The newest that is known of an agent that answers, else it is asked.</summary>
    public async Task<AgentState> NewestAsync(ProxmoxApi api, ProxmoxPlace guest, CancellationToken ct) =>
        _answered.TryGetValue(guest.Id, out var at) && time.GetElapsedTime(at) < Lasts
            ? AgentState.Running
            : await AskAsync(api, guest, ct);

    /// <summary>Unknown also where its turn does not come soon: nobody waits for other guests' agents.</summary>
    public async Task<AgentState> AskAsync(ProxmoxApi api, ProxmoxPlace guest, CancellationToken ct)
    {
        if (!await _turns.WaitAsync(TurnWithin, ct))
            return AgentState.Unknown;
        using var limit = new CancellationTokenSource(Within, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            await api.PingAgentAsync(guest, both.Token);
            _answered[guest.Id] = time.GetTimestamp();
            return AgentState.Running;
        }
        catch (ProxmoxException e)
        {
            _answered.TryRemove(guest.Id, out _);
            return e.Fault == DeviceFault.Refused ? AgentState.Silent : AgentState.Unknown;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return AgentState.Unknown;
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();
}
