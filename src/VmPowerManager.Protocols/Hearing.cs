namespace VmPowerManager.Protocols;

/// <summary>How far the newest attempt to connect to one peer came.</summary>
internal sealed class PeerReach
{
    private volatile Attempt? _newest;

    /// <summary>The newest attempt was made and nothing of the peer was heard: neither a refusal, nor a key, nor an accepted
    /// connection, as the wire has it. An attempt before it counts no more, however it ended.</summary>
    public bool Silent => _newest is { Waits: true };

    public Attempt Begin() => _newest = new Attempt();

    /// <summary>One attempt.</summary>
    public sealed class Attempt
    {
        private volatile bool _waits;

        /// <summary>The peer was asked, and has not answered; false once the attempt is over.</summary>
        public bool Waits
        {
            get => _waits;
            set => _waits = value;
        }
    }
}

/// <summary>What one call heard of its peer, for the one who set the call's time limit: a limit that ends while nobody
/// ever answered means silence, any other proves nothing (POLICY C4). Flows with the call, whatever wire it takes.</summary>
public sealed class Hearing
{
    private static readonly AsyncLocal<Hearing?> Ambient = new();
    private readonly Hearing? _outer = Ambient.Value;
    private volatile PeerReach? _reach;
    private volatile bool _heard;

    /// <summary>The call waits for a connection, and its peer has answered nothing to this call.</summary>
    public bool NobodyAnswered => !_heard && _reach is { Silent: true };

    /// <summary>Listens to what the caller does from here on. Begun within another one, it keeps to itself what it waits for,
    /// and tells that one of answers: an attempt that is given up for another way is no silence of the whole.</summary>
    public static Hearing Begin() => Ambient.Value = new Hearing();

    internal static void Connecting(PeerReach reach)
    {
        if (Ambient.Value is { } hearing)
            hearing._reach = reach;
    }

    internal static void Heard()
    {
        for (var hearing = Ambient.Value; hearing is not null; hearing = hearing._outer)
            hearing._heard = true;
    }
}
