namespace VmPowerManager.Ups;

/// <summary>Every order of a plan to a UPS goes through here: opens a session, adds the time limit, turns the device's
/// trouble into outcome data (STYLE: Errors). Needs no database. Never throws but on cancellation.</summary>
public interface IUpsPower
{
    /// <summary>How the UPS can be cut so that its output comes back with mains, whatever mains does meanwhile (C9).</summary>
    Task<UpsAnswer<UpsCutAbility>> FindCutAsync(int upsId, TimeSpan limit, CancellationToken ct);

    /// <summary>Whether orders could be given to it: reaches it, logs in, looks for a cut, and gives none. What is found
    /// is in <see cref="UpsCheckBook"/>.</summary>
    Task ProbeAsync(int upsId, TimeSpan limit, CancellationToken ct);

    /// <summary>The newest probe of it; null: none yet, or it was configured anew since.</summary>
    UpsChecked? LastProbe(int upsId);

    /// <summary>What it says of mains now, read anew.</summary>
    Task<UpsAnswer<UpsMains>> ReadMainsAsync(int upsId, TimeSpan limit, CancellationToken ct);

    /// <summary>Reads mains again, and where it is still gone orders the cut. Ok means that the device took the order. What
    /// is not known to have been taken is taken back, as far as the device lets it.</summary>
    Task<UpsAnswer<UpsCutAbility>> CutAsync(int upsId, TimeSpan delay, TimeSpan limit, CancellationToken ct);

    /// <summary>Takes back an order whose delay still runs.</summary>
    Task<UpsAnswer<bool>> AbortCutAsync(int upsId, TimeSpan limit, CancellationToken ct);

    /// <summary>What was last found out about the cut of this UPS; null: nothing yet. Asks the device in the background
    /// where that was long ago. Returns at once.</summary>
    UpsAnswer<UpsCutAbility>? KnownCut(int upsId);
}

/// <summary>What became of one call, as data: <see cref="Words"/> is null on success.</summary>
public sealed record UpsAnswer<T>(T? Value, string? Words)
{
    public bool Ok => Words is null;
}

public enum UpsMains
{
    Gone,
    Back,

    /// <summary>Neither on line nor on battery by its words.</summary>
    Unknown,
}
