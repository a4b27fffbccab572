using VmPowerManager.Protocols.Tls;

namespace VmPowerManager.Protocols.Nut;

/// <summary>Where a NUT server (upsd) is and how to sign in to it. Two equal endpoints share one connection.</summary>
/// <param name="Host">Name or address.</param>
/// <param name="Port">TCP port; upsd's own is 3493.</param>
public sealed record NutEndpoint(string Host, int Port)
{
    /// <summary>Null: no USERNAME/PASSWORD is sent; most servers let anybody read.</summary>
    public string? UserName { get; init; }

    /// <summary>In clear; never part of a message.</summary>
    public string? Password { get; init; }

    /// <summary>Upgrade by STARTTLS before anything else; a server without it is then an error, never plain text.</summary>
    public bool StartTls { get; init; }

    /// <summary>SHA-256 of the server's certificate (hex, colons allowed; or as <see cref="Fingerprints"/> writes it), or null for any certificate:
    /// encrypted, but not proof of who answers.</summary>
    public string? CertificateFingerprint { get; init; }

    /// <summary>Whether this is a way to write a SHA-256 that <see cref="CertificateFingerprint"/> understands.</summary>
    public static bool IsFingerprint(string text) => Fingerprints.Normal(text) is not null;

    /// <summary>Host and port only: a secret must not reach a log by string interpolation.</summary>
    public override string ToString() => $"{Host}:{Port}";
}
