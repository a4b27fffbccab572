namespace VmPowerManager.Protocols.Ssh;

/// <summary>How far the newest attempt to connect to one endpoint came.</summary>
internal sealed class SshReach
{
    private volatile bool _silent;

    /// <summary>The peer was asked and nothing of it was heard, neither a refusal nor a key.</summary>
    public bool Silent
    {
        get => _silent;
        set => _silent = value;
    }
}

/// <summary>What one call heard of its host, for the one who set the call's time limit: a limit that ends while nobody
/// ever answered means silence, any other proves nothing (POLICY C4). Flows with the call.</summary>
public sealed class SshHearing
{
    private static readonly AsyncLocal<SshHearing?> Ambient = new();
    private volatile SshReach? _reach;
    private volatile bool _heard;

    /// <summary>The call waits for a connection, and its peer has answered nothing to this call.</summary>
    public bool NobodyAnswered => !_heard && _reach is { Silent: true };

    /// <summary>Listens to what the caller does from here on.</summary>
    public static SshHearing Begin() => Ambient.Value = new SshHearing();

    internal static void Connecting(SshReach reach)
    {
        if (Ambient.Value is { } hearing)
            hearing._reach = reach;
    }

    internal static void Heard()
    {
        if (Ambient.Value is { } hearing)
            hearing._heard = true;
    }
}
