namespace VmPowerManager.Protocols.Snmp;

/// <summary>The versions in use; the values are the wire's (RFC 3416, RFC 3412).</summary>
public enum SnmpVersion
{
    V1 = 0,
    V2c = 1,
    V3 = 3,
}

/// <summary>How a v3 message proves who sent it (RFC 3414; SHA-2: RFC 7860).</summary>
public enum SnmpAuth
{
    None,
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

/// <summary>How a v3 message is encrypted (RFC 3414, RFC 3826). AES-192 and -256 stayed drafts, with two ways to lengthen
/// a key that the digest makes too short: Blumenthal's (net-snmp and most agents) and Reeder's (Cisco, some cards).</summary>
public enum SnmpPrivacy
{
    None,
    Des,
    Aes128,
    Aes192,
    Aes256,
    Aes192Reeder,
    Aes256Reeder,
}

/// <summary>A user of the user-based security model. Passwords are in clear and no part of <see cref="ToString"/>.</summary>
public sealed record SnmpUser(string Name)
{
    public SnmpAuth Auth { get; init; }
    public string? AuthPassword { get; init; }
    public SnmpPrivacy Privacy { get; init; }
    public string? PrivacyPassword { get; init; }

    public override string ToString() => $"{Name} ({Auth}, {Privacy})";
}
