using System.Net;

namespace VmPowerManager.Protocols.Ssh;

/// <summary>One attempt at one address, and the key that it showed.</summary>
internal sealed class SshConnecting(SshLimits limits, TimeProvider time, IPAddress address, Action<string>? keySeen)
{
    public SshLimits Limits { get; } = limits;
    public TimeProvider Time { get; } = time;
    public IPAddress Address { get; } = address;
    public string? Seen { get; private set; }
    public DeviceException? Mismatch { get; private set; }

    public bool Accepts(SshEndpoint endpoint, string fingerprint)
    {
        Seen = fingerprint;
        keySeen?.Invoke(fingerprint);
        if (HostKeys.Same(endpoint.HostKeyFingerprint, fingerprint))
            return true;
        Mismatch = HostKeys.Changed(endpoint, fingerprint);
        return false;
    }
}
