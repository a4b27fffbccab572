namespace VmPowerManager.Protocols.Snmp;

/// <summary>How long a client waits and how much it asks at once.</summary>
public sealed record SnmpLimits
{
    /// <summary>How long one request waits for its answer.</summary>
    public TimeSpan TryTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a request without an answer is sent again.</summary>
    public int Retries { get; init; } = 1;

    /// <summary>Variables in a GET. Weak cards fail above 10; the client goes below by itself where it must.</summary>
    public int MaxVariables { get; init; } = 10;

    /// <summary>Variables that one GETBULK asks for.</summary>
    public int MaxRepetitions { get; init; } = 20;

    /// <summary>The largest UDP payload.</summary>
    internal const int DatagramBytes = 65_507;

    /// <summary>Variables in one message: more than any datagram of a real agent holds.</summary>
    internal const int VariablesInMessage = 4096;

    /// <summary>Datagrams that do not answer, read during one try: a flood of them ends it.</summary>
    internal const int StraysInTry = 256;
}
