namespace VmPowerManager.Protocols.Snmp.Agent;

/// <summary>What an <see cref="SnmpAgent"/> serves. Asked by one thread at a time.</summary>
public interface ISnmpObjects
{
    /// <summary>The card hears nothing: requests are dropped.</summary>
    bool IsSilent { get; }

    /// <summary>One object; null: there is none of that name.</summary>
    SnmpValue? Find(Oid name);

    /// <summary>The first object behind a name, in the order of names; null at the end.</summary>
    SnmpVariable? Next(Oid name);

    /// <summary>Sets all of them or none.</summary>
    /// <returns>The error and the index, counted from 1, of what it is about; NoError and 0 when done.</returns>
    (SnmpErrorStatus Status, int Index) Set(IReadOnlyList<SnmpVariable> values);
}

/// <summary>Who may speak with an agent.</summary>
public sealed record SnmpAgentAccess
{
    /// <summary>Of v1 and v2c, to read; null: nobody by community.</summary>
    public string? ReadCommunity { get; init; }

    /// <summary>Of v1 and v2c, to read and set; null: nobody by community.</summary>
    public string? WriteCommunity { get; init; }

    /// <summary>Of v3; they may read and set.</summary>
    public IReadOnlyList<SnmpUser> Users { get; init; } = [];

    /// <summary>Without the communities: a secret must not reach a log by string interpolation.</summary>
    public override string ToString() => $"{Users.Count} users";
}
