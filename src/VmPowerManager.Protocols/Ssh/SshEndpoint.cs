namespace VmPowerManager.Protocols.Ssh;

/// <summary>Whom to talk to over SSH, and as whom. Two equal endpoints share one connection of the pool.</summary>
/// <param name="Host">Name or address.</param>
/// <param name="Port">TCP port, 1-65535.</param>
/// <param name="Password">Answers <c>password</c> and <c>keyboard-interactive</c>; null: not offered.</param>
/// <param name="PrivateKey">Text of a private key (OpenSSH, PEM or PuTTY); null: not offered. Offered before the password.</param>
/// <param name="Passphrase">Opens <paramref name="PrivateKey"/> when it is encrypted.</param>
/// <param name="HostKeyFingerprint">The only host key that is accepted, as <c>SHA256:base64</c> without padding; null:
/// the first one seen is trusted.</param>
public sealed record SshEndpoint(
    string Host,
    int Port,
    string UserName,
    string? Password = null,
    string? PrivateKey = null,
    string? Passphrase = null,
    string? HostKeyFingerprint = null
)
{
    /// <summary><c>user@host:port</c>, never a secret.</summary>
    public override string ToString() => $"{UserName}@{Host}:{Port}";
}
