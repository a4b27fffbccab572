using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace VmPowerManager.Ups.Discovery;

/// <summary>The newest search, as it stands.</summary>
public sealed record UpsScan
{
    public static readonly UpsScan None = new();

    public ScanState State { get; init; }
    public string? Range { get; init; }
    public string? StartedBy { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How many addresses it has, and how many of them are done.</summary>
    public int Addresses { get; init; }
    public int Asked { get; init; }

    /// <summary>By address, then by name.</summary>
    public ImmutableArray<FoundUps> Found { get; init; } = [];

    internal UpsScan With(IEnumerable<FoundUps> more) =>
        this with
        {
            Found = [.. Found.Concat(more).OrderBy(f => f.Order, StringComparer.Ordinal).Take(MostFound)],
        };

    /// <summary>A peer that makes up devices must not fill our memory.</summary>
    private const int MostFound = 1000;
}

public enum ScanState
{
    /// <summary>Nobody has searched since this program started.</summary>
    None,
    Running,
    Finished,
    Cancelled,

    /// <summary>The time for the whole search ran out.</summary>
    TimedOut,
}

/// <summary>A device that a search found.</summary>
public sealed record FoundUps
{
    public required string Driver { get; init; }
    public required string Address { get; init; }
    public required int Port { get; init; }
    public required string Name { get; init; }

    /// <summary>What it says that it is.</summary>
    public string? Description { get; init; }

    /// <summary>What a person must still enter; null: it can be added as it is.</summary>
    public string? Needs { get; init; }

    /// <summary>The name of the UPS that is this device; null: it is new.</summary>
    public string? ConfiguredAs { get; init; }

    /// <summary>The driver's block to add it with, without secrets.</summary>
    public required JsonObject Settings { get; init; }

    /// <summary>The same with the secrets that were needed: for our own form, never for the API.</summary>
    [JsonIgnore]
    public JsonObject Block { get; init; } = [];

    /// <summary>Sorts addresses by their numbers.</summary>
    [JsonIgnore]
    public string Order { get; init; } = "";
}
