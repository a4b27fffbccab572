namespace VmPowerManager.Hosts;

/// <summary>Every call to a host goes through here: finds the driver and the device, adds the time limit, turns
/// <c>DeviceException</c> into outcome data (STYLE: Errors). Needs no database. Never throws but on cancellation.</summary>
public interface IHostPower
{
    Task<DeviceOutcome<HostProbe>> ProbeAsync(int hostId, TimeSpan limit, CancellationToken ct);
    Task<DeviceOutcome<HostInventory>> GetStatesAsync(int hostId, TimeSpan limit, CancellationToken ct);

    /// <summary>As <see cref="GetStatesAsync"/>, with agent states.</summary>
    Task<DeviceOutcome<HostInventory>> DiscoverAsync(int hostId, TimeSpan limit, CancellationToken ct);

    /// <summary>Ok means accepted by the platform (C3). Value is always true.</summary>
    Task<DeviceOutcome<bool>> GuestAsync(
        int hostId,
        string externalId,
        GuestVerb verb,
        ShutdownVia? via,
        TimeSpan limit,
        CancellationToken ct
    );

    /// <summary>Ok means accepted by the host. Where its pinned certificate has changed, by its second path (F8).</summary>
    Task<DeviceOutcome<bool>> HostAsync(int hostId, HostVerb verb, TimeSpan limit, CancellationToken ct);

    /// <summary>The value is the command's output, cut to 4,000 characters.</summary>
    Task<DeviceOutcome<string>> CommandAsync(int hostId, string command, TimeSpan limit, CancellationToken ct);

    /// <summary>As the other, with what its placeholders stand for, by name: put in as data.</summary>
    Task<DeviceOutcome<string>> CommandAsync(
        int hostId,
        string command,
        IReadOnlyDictionary<string, string?> values,
        TimeSpan limit,
        CancellationToken ct
    );

    /// <summary>Takes the host's power through its BMC. Ok means that the BMC says off (C4). Value is always true.</summary>
    Task<DeviceOutcome<bool>> BmcOffAsync(int hostId, TimeSpan limit, CancellationToken ct);

    /// <summary>Whether the machine has power, as its BMC says (C4); null: it has none, or that does not say.</summary>
    Task<bool?> HasPowerAsync(int hostId, TimeSpan limit, CancellationToken ct) => Task.FromResult<bool?>(null);

    /// <summary>Does what a plan prepares a host by (C10), by its kind as <see cref="UndoAsync"/> has them. Ok means done.
    /// May be asked again for what is done already.</summary>
    /// <param name="rehearse">Only looks whether it could.</param>
    Task<DeviceOutcome<string>> PrepareAsync(
        int hostId,
        string kind,
        bool rehearse,
        TimeSpan limit,
        CancellationToken ct
    );

    /// <summary>Whether somebody else did before what <see cref="PrepareAsync"/> is to do.</summary>
    Task<DeviceOutcome<bool>> IsPreparedAsync(int hostId, string kind, TimeSpan limit, CancellationToken ct) =>
        Task.FromResult(new DeviceOutcome<bool>(false, null, null));

    /// <summary>Undoes what this platform did, by its kind (C10): <c>haDisarmed</c>, <c>cephNoout</c>, <c>maintenance</c>.
    /// May be asked again for what is undone already. Value is always true.</summary>
    Task<DeviceOutcome<bool>> UndoAsync(int hostId, string kind, TimeSpan limit, CancellationToken ct);

    /// <summary>Wakes a host by the method at this place of its list (E4). Ok means sent or accepted; the value says what was
    /// done.</summary>
    /// <param name="provedOff">It was proved to be off, and nobody woke it since: an outlet that was never off may take its
    /// power, to give it anew.</param>
    Task<DeviceOutcome<string>> WakeAsync(int hostId, int method, bool provedOff, TimeSpan limit, CancellationToken ct);

    /// <summary>Ok: it answered an echo. <paramref name="address"/> null: the host's own.</summary>
    Task<DeviceOutcome<string>> PingAsync(int hostId, string? address, TimeSpan limit, CancellationToken ct);

    /// <summary>Ok: it took a TCP connection. <paramref name="address"/> null: the host's own.</summary>
    Task<DeviceOutcome<string>> PortAsync(int hostId, string? address, int port, TimeSpan limit, CancellationToken ct);

    /// <summary>Whether anything at the host's own address takes or refuses a connection: a host that is merely slow is not
    /// silent (C4). Null when that cannot be told: the platform has no address of its own, or its name is not
    /// resolved.</summary>
    Task<bool?> AddressAnswersAsync(int hostId, TimeSpan limit, CancellationToken ct);

    /// <summary>Whether the host's witness answers (C4); null when none is configured.</summary>
    Task<bool?> WitnessAnswersAsync(int hostId, TimeSpan limit, CancellationToken ct);
}
