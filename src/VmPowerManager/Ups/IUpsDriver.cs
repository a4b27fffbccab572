using System.Text.Json;
using System.Text.Json.Serialization;
using VmPowerManager.Core;
using VmPowerManager.Core.Power;
using VmPowerManager.Protocols;

namespace VmPowerManager.Ups;

/// <summary>Reads UPSes over one protocol. A driver is one folder and one registration line (STYLE: Adding a driver).</summary>
public interface IUpsDriver
{
    /// <summary>The API's <c>driver</c> value and the name of its settings block: <c>nut</c>, <c>snmp</c> ...</summary>
    string Id { get; }

    /// <summary>What the feature must know of this driver's devices and settings.</summary>
    UpsDriverTraits Traits { get; }

    /// <summary>The settings block as it is stored and shown: checked, defaults filled in, without secrets and unknown
    /// keys. What is wrong goes to <paramref name="errors"/>.</summary>
    JsonElement Normalise(JsonElement settings, FieldErrors errors);

    /// <summary>Opens a session. Connects lazily: never throws for a device that is away.</summary>
    IUpsSession Open(UpsDevice device);
}

/// <param name="DefaultPollSeconds">Status polls on line, where the user says nothing.</param>
/// <param name="AlertPollSeconds">Status polls while not normal or unconfirmed.</param>
/// <param name="Secrets">Keys of the settings block that are secret: <c>password</c>.</param>
/// <param name="Address">Keys that say who gets the secrets: a change asks for them again.</param>
public sealed record UpsDriverTraits(
    double DefaultPollSeconds,
    double AlertPollSeconds,
    IReadOnlyList<string> Secrets,
    IReadOnlyList<string> Address
)
{
    /// <summary>What a person chooses: <c>NUT server</c>.</summary>
    public string Title { get; init; } = "";

    /// <summary>The settings block as a form, in order; a driver needs no page of its own.</summary>
    public IReadOnlyList<UpsField> Fields { get; init; } = [];
}

/// <summary>One open conversation with one UPS. A status read may overlap one other call, so that it never waits for
/// it; otherwise calls come one at a time.</summary>
public interface IUpsSession : IAsyncDisposable
{
    /// <summary>What proves who answers, by the settings.</summary>
    UpsTrust Trust => UpsTrust.None;

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

    /// <summary>Names of the commands that the device offers, in NUT's words.</summary>
    /// <exception cref="DeviceException">The peer's own words.</exception>
    /// <exception cref="UpsStaleException">The server answers but has lost the device (A2).</exception>
    Task<IReadOnlyList<string>> CommandsAsync(CancellationToken ct);

    /// <summary>What a command does, in the peer's words; null where it has none. Asked only of commands that nobody here
    /// knows.</summary>
    /// <exception cref="DeviceException">The peer's own words.</exception>
    /// <exception cref="UpsStaleException">The server answers but has lost the device (A2).</exception>
    Task<string?> DescribeCommandAsync(string command, CancellationToken ct) => Task.FromResult<string?>(null);

    /// <summary>Runs a command, and waits some seconds for what becomes of it where the device tells.</summary>
    /// <exception cref="DeviceException">The peer's own words.</exception>
    /// <exception cref="UpsStaleException">The server answers but has lost the device (A2).</exception>
    Task<UpsCommandOutcome> ExecuteAsync(string command, string? value, CancellationToken ct);
}

/// <summary>What proves that who answers is the one who is meant.</summary>
public enum UpsTrust
{
    /// <summary>Nothing: whoever has its address is believed.</summary>
    None,

    /// <summary>It is encrypted, and any certificate is taken.</summary>
    AnyCertificate,

    /// <summary>A pinned certificate, or a password that both know and nobody sends.</summary>
    Proven,
}

/// <summary>How far a device has come with a command when it was last heard of.</summary>
public enum UpsCommandOutcome
{
    /// <summary>Somebody took it. Whether the device does it is not known.</summary>
    Accepted,

    /// <summary>The device says that it did it.</summary>
    Done,
}

/// <summary>The server answers, but the device behind it does not (DATA-STALE, DRIVER-NOT-CONNECTED, noComm).</summary>
public sealed class UpsStaleException(string words) : Exception(words);

/// <summary>A step of a test. State is <c>ok</c>, <c>warning</c> or <c>failed</c>.</summary>
/// <param name="Says">Our own words as a sentence, a peer's as <see cref="Sentence.Verbatim"/>.</param>
public sealed record UpsCheck(string Name, CheckState State, [property: JsonIgnore] Sentence Says)
{
    /// <summary>In English.</summary>
    public string Detail => Says.ToString();

    /// <summary>A setting that this step found out and a person may take over: the fingerprint of a certificate.</summary>
    [JsonIgnore]
    public KeyValuePair<string, string>? Offer { get; init; }
}

public enum CheckState
{
    Ok,
    Warning,
    Failed,
}

/// <summary>A UPS as its driver needs it: the settings block and the secrets, in clear. Secret names are the API's, with
/// their block: <c>nut.password</c>.</summary>
public sealed record UpsDevice(int Id, string Name, JsonElement Settings, IReadOnlyDictionary<string, string> Secrets);
