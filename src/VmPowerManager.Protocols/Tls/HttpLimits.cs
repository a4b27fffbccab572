namespace VmPowerManager.Protocols.Tls;

/// <summary>Bounds of a conversation by HTTP.</summary>
public sealed record HttpLimits
{
    public static HttpLimits Default { get; } = new();

    /// <summary>For the name, TCP and TLS together.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of a response's body; more is a ProtocolError.</summary>
    public int BodyBytes { get; init; } = 16 << 20;

    /// <summary>Connections at a time; further requests wait for one.</summary>
    public int Connections { get; init; } = 4;

    /// <summary>A connection that nobody used for so long is closed.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(1);
}

/// <summary>Whom to talk to over HTTP.</summary>
/// <param name="BaseUrl"><c>https://…</c>, or <c>http://…</c> where the user wrote so. Requests to any other server are
/// not made.</param>
/// <param name="CertificateFingerprint">The only certificate that is accepted, as <see cref="Fingerprints"/> writes it;
/// null: the first one seen.</param>
/// <param name="Login">For schemes that log a connection in (NTLM); null where requests carry their own.</param>
/// <param name="Cookies">Whether the server's cookies are kept and sent back.</param>
public sealed record HttpEndpoint(
    Uri BaseUrl,
    string? CertificateFingerprint = null,
    HttpLogin? Login = null,
    bool Cookies = false
)
{
    /// <summary>The server's address, never a secret.</summary>
    public override string ToString() => BaseUrl.Authority;
}

/// <summary>A login that the connection makes when the server asks for it.</summary>
/// <param name="Scheme"><c>NTLM</c>, <c>Negotiate</c>, <c>Basic</c>.</param>
/// <param name="UserName"><c>DOMAIN\user</c> where there is a domain.</param>
public sealed record HttpLogin(string Scheme, string UserName, string Password)
{
    /// <summary>Never the password.</summary>
    public override string ToString() => $"{Scheme} {UserName}";
}
