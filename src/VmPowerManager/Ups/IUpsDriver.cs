using VmPowerManager.Core.Power;
using VmPowerManager.Protocols;

namespace VmPowerManager.Ups;

/// <summary>Reads UPSes over one protocol. A driver is one folder and one registration line (STYLE: Adding a driver).</summary>
public interface IUpsDriver
{
    /// <summary>The API's <c>driver</c> value and the name of its settings block: <c>nut</c>, <c>snmp</c> ...</summary>
    string Id { get; }

    /// <summary>Opens a session. Connects lazily: never throws for a device that is away.</summary>
    IUpsSession Open(UpsDevice device);
}

/// <summary>One open conversation with one UPS. Calls do not overlap; the monitor makes one at a time.</summary>
public interface IUpsSession : IAsyncDisposable
{
    /// <summary>The few values that decide: status, charge, runtime, input voltage. Fast, and never behind slower reads.</summary>
    /// <exception cref="DeviceException">No trustworthy reading.</exception>
    /// <exception cref="UpsStaleException">The server answers but has lost the device (A2).</exception>
    Task<UpsReading> ReadStatusAsync(CancellationToken ct);

    /// <summary>Everything that the device tells.</summary>
    /// <exception cref="DeviceException">No trustworthy reading.</exception>
    /// <exception cref="UpsStaleException">The server answers but has lost the device (A2).</exception>
    Task<UpsReading> ReadAsync(CancellationToken ct);

    /// <summary>What a person wants to know before saving: each step in order, stopping at the first that fails.
    /// Connects, signs in where credentials are set, reads once.</summary>
    Task<IReadOnlyList<UpsCheck>> CheckAsync(CancellationToken ct);
}

/// <summary>The server answers, but the device behind it does not (DATA-STALE, DRIVER-NOT-CONNECTED, noComm).</summary>
public sealed class UpsStaleException(string words) : Exception(words);

/// <summary>A step of a test, with the peer's own words. State is <c>ok</c>, <c>warning</c> or <c>failed</c>.</summary>
public sealed record UpsCheck(string Name, CheckState State, string Detail);

public enum CheckState
{
    Ok,
    Warning,
    Failed,
}

/// <summary>A UPS as its driver needs it: the settings block and the secrets, in clear.</summary>
public sealed record UpsDevice(
    int Id,
    string Name,
    System.Text.Json.JsonElement Settings,
    IReadOnlyDictionary<string, string> Secrets
);
