using System.Collections.Concurrent;
using System.Globalization;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Proxmox;

namespace VmPowerManager.Hosts.Proxmox;

/// <summary>Guests that are known and not listed. One that rules of its own hide from us is in no list and may run all the same
/// (POLICY C5): each is asked for by its number. What is refused is hidden; only what does not exist is gone, and is not asked
/// for again before it is listed. Any thread.</summary>
internal sealed class ProxmoxHidden(TimeProvider time)
{
    /// <summary>In one look; the others follow with the next ones, and count as hidden until then.</summary>
    private const int MostAsked = 20;
    private const int AtATime = 4;
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Lasts = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<long, Answer> _hidden = new();
    private readonly ConcurrentDictionary<long, bool> _gone = new();

    /// <summary>What may run here without being listed.</summary>
    public async Task<ProxmoxUnseen> LookAsync(
        ProxmoxHost host,
        string realm,
        string node,
        IReadOnlyList<ProxmoxGuest> listed,
        CancellationToken ct
    )
    {
        var here = listed.Select(g => g.Id).ToHashSet();
        foreach (var id in here)
        {
            _hidden.TryRemove(id, out _);
            _gone.TryRemove(id, out _);
        }
        var missing = Known(host, realm).Where(k => !here.Contains(k.Key) && !_gone.ContainsKey(k.Key)).ToList();
        var due = missing.Where(k => !IsFresh(k.Key)).OrderBy(k => _hidden.ContainsKey(k.Key)).ToList();
        await AskAsync(host, node, due.Take(MostAsked), ct);
        var left = missing.Where(k => !_gone.ContainsKey(k.Key)).ToList();
        return new(
            left.Count,
            [
                .. left.OrderBy(k => k.Key)
                    .Where(k => _hidden.ContainsKey(k.Key))
                    .Select(k => $"{Name(host, realm, k.Key)}: {_hidden.GetValueOrDefault(k.Key)?.Words}"),
            ]
        );
    }

    /// <summary>Kinds by number: as listed in this process's life, and as stored by earlier ones.</summary>
    private static Dictionary<long, string> Known(ProxmoxHost host, string realm)
    {
        var known = host
            .Known.Where(g => g.Realm == realm)
            .Select(g => (Id: NumberOf(g.ExternalId), Kind: KindOf(g.Kind)))
            .Where(g => g.Id is > 0)
            .ToDictionary(g => g.Id ?? 0, g => g.Kind);
        foreach (var (id, kind) in host.Kinds)
            known[id] = kind;
        return known;
    }

    private async Task AskAsync(
        ProxmoxHost host,
        string node,
        IEnumerable<KeyValuePair<long, string>> guests,
        CancellationToken ct
    )
    {
        using var limit = new CancellationTokenSource(Within, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        var limits = new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = both.Token };
        try
        {
            await Parallel.ForEachAsync(
                guests,
                limits,
                async (guest, token) => await AskAsync(host, new ProxmoxPlace(node, guest.Value, guest.Key), token, ct)
            );
        }
        // Those whose turn did not come are asked with the next look.
        catch (OperationCanceledException) when (!ct.IsCancellationRequested) { }
    }

    /// <param name="look">Of the whole look; <paramref name="ct"/> ends earlier.</param>
    private async Task AskAsync(ProxmoxHost host, ProxmoxPlace guest, CancellationToken ct, CancellationToken look)
    {
        try
        {
            await host.Api.CurrentAsync(guest, ct);
            // It has come since the list was made: the next one has it.
            _hidden.TryRemove(guest.Id, out _);
        }
        catch (ProxmoxException e) when (IsGone(e))
        {
            _gone[guest.Id] = true;
            _hidden.TryRemove(guest.Id, out _);
            host.Kinds.TryRemove(guest.Id, out _);
        }
        catch (DeviceException e)
        {
            _hidden[guest.Id] = new(time.GetTimestamp(), e.Message);
        }
        catch (OperationCanceledException) when (!look.IsCancellationRequested)
        {
            _hidden[guest.Id] = new(time.GetTimestamp(), "no answer");
        }
    }

    /// <summary>Rights are looked at first: who is told this might have seen the guest. A node that cannot be asked says no such
    /// thing.</summary>
    private static bool IsGone(ProxmoxException e) =>
        e.Status is 404 or 500 && e.Message.Contains("does not exist", StringComparison.Ordinal);

    private bool IsFresh(long id) => _hidden.TryGetValue(id, out var told) && time.GetElapsedTime(told.At) < Lasts;

    private static string Name(ProxmoxHost host, string realm, long id)
    {
        var number = ProxmoxClient.Text(id);
        var name = host.Known.FirstOrDefault(g => g.Realm == realm && g.ExternalId == number)?.Name;
        return string.IsNullOrEmpty(name) ? number : $"{name} ({number})";
    }

    public static string KindOf(GuestKind kind) => kind == GuestKind.Container ? "lxc" : "qemu";

    private static long? NumberOf(string externalId) =>
        long.TryParse(externalId, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    private sealed record Answer(long At, string Words);
}

/// <summary>Guests that may run on a node without being listed.</summary>
/// <param name="Told">Those of them that were asked for, each with what the node says.</param>
internal sealed record ProxmoxUnseen(int Count, IReadOnlyList<string> Told)
{
    private const int MostNamed = 10;

    public string Words =>
        string.Join("; ", Told.Take(MostNamed))
        + (Told.Count > MostNamed ? $"; and {Told.Count - MostNamed} more" : "");
}
