namespace VmPowerManager.Protocols.Proxmox;

/// <summary>Which of the products that share this API.</summary>
public enum ProxmoxProduct
{
    /// <summary>Proxmox VE, port 8006.</summary>
    VirtualEnvironment,

    /// <summary>Proxmox Backup Server, port 8007.</summary>
    BackupServer,
}

/// <summary>As whom to talk: by an API token, or by user and password for a ticket.</summary>
/// <param name="TokenId"><c>user@realm!name</c>; null: by password.</param>
/// <param name="UserName"><c>user@realm</c>; not read when there is a token.</param>
public sealed record ProxmoxLogin(
    ProxmoxProduct Product,
    string? TokenId = null,
    string? TokenSecret = null,
    string? UserName = null,
    string? Password = null
)
{
    /// <summary>Who it is, never a secret.</summary>
    public override string ToString() => TokenId ?? UserName ?? "nobody";

    internal string Cookie => Product == ProxmoxProduct.BackupServer ? "PBSAuthCookie" : "PVEAuthCookie";

    /// <summary>The value of <c>Authorization</c>. The two products divide id and secret by different signs.</summary>
    internal string Authorization =>
        Product == ProxmoxProduct.BackupServer
            ? $"PBSAPIToken={TokenId}:{TokenSecret}"
            : $"PVEAPIToken={TokenId}={TokenSecret}";
}
