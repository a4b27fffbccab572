using System.Text.Json.Serialization;
using VmPowerManager.Core;

namespace VmPowerManager.Hosts;

public enum HostCheckState
{
    Ok,
    Warning,
    Failed,
}

/// <summary>What one step of a probe found.</summary>
/// <param name="Says">Our own words as a sentence, a peer's as <see cref="Sentence.Verbatim"/>.</param>
public sealed record HostCheck(
    [property: JsonIgnore] CheckName Kind,
    HostCheckState State,
    [property: JsonIgnore] Sentence Says
)
{
    /// <summary>Of a way beside the platform's own: <c>wake[0]</c>, <c>ssh</c>; null: of the platform's own.</summary>
    [JsonIgnore]
    public string? Way { get; init; }

    /// <summary>As the API names it: <c>login</c>, <c>wake[0].login</c>.</summary>
    [JsonPropertyOrder(-1)]
    public string Name => Way is null ? Kind.Key : $"{Way}.{Kind.Key}";

    /// <summary>In English.</summary>
    public string Detail => Says.ToString();

    /// <summary>It concerns a way to wake the host.</summary>
    internal bool OfWake => Way?.StartsWith("wake[", StringComparison.Ordinal) == true;
}

/// <summary>Outcome of a probe. The fingerprints are what the peer showed, for a person to approve.</summary>
public sealed record HostProbe(
    IReadOnlyList<HostCheck> Checks,
    string? HostKeyFingerprint = null,
    string? CertificateFingerprint = null,
    string? DirectCertificateFingerprint = null
)
{
    public bool Ok => Checks.All(c => c.State != HostCheckState.Failed);

    /// <summary>As a step on a guest sees it: whether the host could be woken is nothing to it.</summary>
    internal HostProbe WithoutWake => this with { Checks = [.. Checks.Where(c => !c.OfWake)] };

    /// <summary>None of its ways to be woken would work.</summary>
    internal bool CannotBeWoken
    {
        get
        {
            var ways = Checks.Where(c => c.OfWake).GroupBy(c => c.Way).ToList();
            return ways.Count > 0 && ways.TrueForAll(w => w.Any(c => c.State == HostCheckState.Failed));
        }
    }

    /// <summary>The check that kept us out: behind it there was nothing more to learn. Null: we were in.</summary>
    internal HostCheck? Blocked =>
        Checks.FirstOrDefault(c =>
            c is { State: HostCheckState.Failed, Name: "connect" or "hostKey" or "certificate" or "login" }
        );

    /// <summary>A probe that did not even end is one whose connection failed.</summary>
    internal static HostProbe Of(DeviceOutcome<HostProbe> outcome) => outcome.Value ?? new([Silent(outcome.Words)]);

    internal static HostCheck Silent(string? words) =>
        new(
            CheckNames.Connect,
            HostCheckState.Failed,
            words is null ? Sentence.Of($"no answer") : Sentence.Verbatim(words)
        );
}
