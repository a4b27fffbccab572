namespace VmPowerManager.Protocols.Ssh;

/// <summary>Comparing host keys by fingerprint.</summary>
internal static class HostKeys
{
    /// <summary>Whether <paramref name="seen"/> may be trusted where <paramref name="pinned"/> is; null pins nothing.
    /// Base64 padding does not count.</summary>
    public static bool Same(string? pinned, string seen) =>
        string.IsNullOrWhiteSpace(pinned)
        || string.Equals(pinned.Trim().TrimEnd('='), seen.TrimEnd('='), StringComparison.Ordinal);

    public static DeviceException Changed(SshEndpoint endpoint, string seen) =>
        new(
            DeviceFault.TrustChanged,
            $"The host key of {endpoint.Host}:{endpoint.Port} changed: trusted is {endpoint.HostKeyFingerprint}, "
                + $"it now shows {seen}."
        );
}
