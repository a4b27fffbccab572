using VmPowerManager.Protocols;
using VmPowerManager.Protocols.VSphere;

namespace VmPowerManager.Hosts.VSphere;

/// <summary>What is remembered of one host between calls. Any thread.</summary>
/// <param name="wanted">Its name in the vCenter's inventory, as the user gave it; null: the server is the host itself, for a
/// vCenter is refused without a name.</param>
/// <param name="before">The same host of the same server before its login changed.</param>
internal sealed class VSphereHost(VimSession session, string? wanted, VSphereHost? before, TimeProvider time)
{
    /// <summary>What did not answer is asked again after so long; until then another way is taken at once.</summary>
    private static readonly TimeSpan Avoided = TimeSpan.FromSeconds(15);

    /// <summary>An ask to force that follows another within this time means it.</summary>
    private static readonly TimeSpan Insisting = TimeSpan.FromMinutes(2);
    private readonly Lock _gate = new();
    private volatile VSpherePlace? _place;
    private volatile Failure? _failure;
    private (long At, HashSet<string> Guests)? _heldBack;
    private long? _restrictedAt;

    public VimSession Session => session;
    public string? Wanted => wanted;

    /// <summary>As last told; null before.</summary>
    public string? Realm { get; private set; } = before?.Realm;

    /// <summary>Which machine it is, as the API told first; null before. Names move to other machines.</summary>
    public string? Hardware { get; private set; } = before?.Hardware;

    /// <summary>The guest that is its vCenter, as that one told last; null: none on this host, as far as is known.</summary>
    public string? VCenterGuest { get; private set; } = before?.VCenterGuest;

    /// <summary>We brought it into maintenance mode, in this life of the process.</summary>
    public bool Prepared { get; set; } = before?.Prepared == true;

    /// <summary>The server behind the address is a vCenter, as far as is known.</summary>
    public bool BehindVCenter => _place is { } place ? !place.IsAlone : wanted is not null;

    public string Name => _place?.Name ?? wanted ?? session.Endpoint.ToString();

    /// <summary>Why the API could not be reached when it was tried last; null: it could.</summary>
    public DeviceException? Trouble => _failure?.Why;

    /// <summary>It could not be reached a moment ago.</summary>
    public bool IsAvoided => _failure is { } failure && Within(failure.At, Avoided);

    /// <summary>Its licence refuses to change anything through the API.</summary>
    public bool IsRestricted
    {
        get => Within(_restrictedAt, TimeSpan.FromHours(1));
        set => _restrictedAt = value ? time.GetTimestamp() : null;
    }

    /// <summary>Remembers which guest is the vCenter, where that is told.</summary>
    public HostInventory Note(HostInventory told)
    {
        if (told.Guests.Any(g => g.ControlsHosts is not null))
            VCenterGuest = told.Guests.FirstOrDefault(g => g.ControlsHosts == true)?.ExternalId;
        return told;
    }

    /// <summary>The API could not be reached: another way is taken for a while.</summary>
    public void Avoid(DeviceException why) => _failure = new(time.GetTimestamp(), why);

    public void Reached() => _failure = null;

    /// <summary>Whether this ask repeats one that was held back because of these guests: one that was not named then is a
    /// reason of its own.</summary>
    /// <param name="running">Null: they cannot be told.</param>
    public bool Insists(IReadOnlyCollection<string>? running)
    {
        lock (_gate)
        {
            if (_heldBack is { } held && Within(held.At, Insisting) && held.Guests.IsSupersetOf(running ?? []))
                return true;
            _heldBack = (time.GetTimestamp(), [.. running ?? []]);
            return false;
        }
    }

    /// <summary>Gives a call a limit of its own within its caller's.</summary>
    /// <exception cref="DeviceException">Timeout: the limit is over.</exception>
    public async Task<T> WithinAsync<T>(
        TimeSpan limit,
        string whom,
        Func<CancellationToken, Task<T>> call,
        CancellationToken ct
    )
    {
        using var timer = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, timer.Token);
        try
        {
            return await call(both.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new DeviceException(DeviceFault.Timeout, $"{whom} did not answer within {limit.TotalSeconds:0} s");
        }
    }

    /// <summary>Calls with the host as the server knows it; looks it up again when the server knows it by another id.</summary>
    public async Task<T> WithAsync<T>(Func<VSpherePlace, CancellationToken, Task<T>> call, CancellationToken ct)
    {
        var place = _place ?? await LearnAsync(ct);
        try
        {
            return await call(place, ct);
        }
        catch (VimFault e) when (e.Name == "ManagedObjectNotFound" && ReferenceEquals(_place, place))
        {
            _place = null;
            return await call(await LearnAsync(ct), ct);
        }
    }

    private async Task<VSpherePlace> LearnAsync(CancellationToken ct)
    {
        var place = await VSpherePlace.FindAsync(session, wanted, ct);
        if (EsxiShell.IsOther(Hardware, place.Hardware))
            throw new DeviceException(
                DeviceFault.Refused,
                $"{place.Name} is another machine now: its hardware is {place.Hardware}, and was {Hardware}. If that is right, "
                    + "restart this program."
            );
        (Realm, Hardware) = (place.Realm, place.Hardware ?? Hardware);
        return _place = place;
    }

    private bool Within(long? since, TimeSpan span) => since is { } at && time.GetElapsedTime(at) < span;

    private sealed record Failure(long At, DeviceException Why);
}
