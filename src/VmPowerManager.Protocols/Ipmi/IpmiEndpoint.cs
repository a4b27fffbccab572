namespace VmPowerManager.Protocols.Ipmi;

/// <summary>A management controller that speaks IPMI 2.0 over the network (RMCP+).</summary>
/// <param name="UserName">At most 16 bytes.</param>
/// <param name="Password">At most 20 bytes.</param>
/// <param name="CipherSuite">The only one to use (IPMI 2.0 table 22-20); null: 17, else 3, whichever is accepted.</param>
public sealed record IpmiEndpoint(string Host, int Port, string UserName, string Password, int? CipherSuite = null)
{
    public const int DefaultPort = 623;

    /// <summary><c>user@host:port</c>, never a secret.</summary>
    public override string ToString() => $"{UserName}@{At}";

    internal string At => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
