namespace VmPowerManager.Protocols.Ssh;

/// <summary>Bounds of connections and commands.</summary>
public sealed record SshLimits
{
    public static SshLimits Default { get; } = new();

    /// <summary>For TCP, key exchange and login each.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For a server to open a channel; longer than this, the connection is given up and a new one tried. Short
    /// enough that a look at a host which went away ends in an attempt to connect.</summary>
    public TimeSpan Open { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>For a server to accept a command on an open channel; longer than this, the connection is given up.</summary>
    public TimeSpan Accept { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>For a whole command, whatever its caller's patience.</summary>
    public TimeSpan Command { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>A pooled connection that nobody used for so long is closed.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(5);

    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Commands at a time on one connection, unless the server allows fewer (OpenSSH refuses the eleventh by
    /// default). Three connections carry an order to each of twenty guests.</summary>
    public int Channels { get; init; } = 8;

    /// <summary>How often a refused channel is asked for before it is waited for: a server may still count one that was
    /// closed a moment ago.</summary>
    internal int OpenAttempts { get; init; } = 3;

    /// <summary>Bytes kept of standard output, and of standard error; what comes after is read and dropped.</summary>
    public int OutputBytes { get; init; } = 1 << 20;
}
