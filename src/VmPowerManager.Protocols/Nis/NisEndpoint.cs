namespace VmPowerManager.Protocols.Nis;

/// <summary>Where apcupsd's network information server is. It knows no login and no encryption.</summary>
/// <param name="Host">Name or address.</param>
/// <param name="Port">TCP port; apcupsd's own is 3551.</param>
public sealed record NisEndpoint(string Host, int Port)
{
    public const int UsualPort = 3551;

    public override string ToString() => $"{Host}:{Port}";
}
