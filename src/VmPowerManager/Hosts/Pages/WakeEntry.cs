namespace VmPowerManager.Hosts.Pages;

/// <summary>An entry of the list <c>wake</c> in a form.</summary>
public sealed class WakeEntry
{
    public string Method { get; set; } = "wol";
    public string MacAddress { get; set; } = "";
    public string Host { get; set; } = "";
    public int? Port { get; set; }
    public string UserName { get; set; } = "";
    public string Interface { get; set; } = "";

    /// <summary>Null: we send it.</summary>
    public int? RelayHostId { get; set; }

    /// <summary>Null: the method chooses.</summary>
    public int? CipherSuite { get; set; }
    public string SystemId { get; set; } = "";
    public string Outlet { get; set; } = "";

    /// <summary>The only certificate that is accepted; empty: the first one seen.</summary>
    public string CertificateFingerprint { get; set; } = "";
    public string? Password { get; set; }

    /// <summary>A password is saved with it; it is kept as long as the address and the user stay.</summary>
    public bool HasPassword { get; init; }

    public static WakeEntry Of(WakeView wake) =>
        new()
        {
            Method = wake.Method,
            MacAddress = wake.MacAddress ?? "",
            Host = wake.Host ?? "",
            Port = wake.Port,
            UserName = wake.UserName ?? "",
            Interface = wake.Interface ?? "",
            RelayHostId = wake.RelayHostId,
            CipherSuite = wake.CipherSuite,
            SystemId = wake.SystemId ?? "",
            Outlet = wake.Outlet ?? "",
            CertificateFingerprint = wake.CertificateFingerprint ?? "",
            HasPassword = wake.HasPassword,
        };

    /// <summary>Only what the method reads.</summary>
    public WakeBlock ToBlock() =>
        Method switch
        {
            "wol" => new()
            {
                Method = Method,
                MacAddress = MacAddress,
                Host = Host,
                Port = Port,
                Interface = Interface,
                RelayHostId = RelayHostId,
                Password = Password,
            },
            "redfish" => Controller with { SystemId = SystemId, CertificateFingerprint = CertificateFingerprint },
            "nutOutlet" => Controller with { Outlet = Outlet, CertificateFingerprint = CertificateFingerprint },
            "pdu" => Controller with { UserName = null, Outlet = Outlet },
            _ => Controller with { CipherSuite = CipherSuite },
        };

    private WakeBlock Controller =>
        new()
        {
            Method = Method,
            Host = Host,
            Port = Port,
            UserName = UserName,
            Password = Password,
        };
}
