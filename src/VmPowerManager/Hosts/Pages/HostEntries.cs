namespace VmPowerManager.Hosts.Pages;

/// <summary>A UPS that feeds the host.</summary>
public sealed class SupplyEntry
{
    public int UpsId { get; set; }
    public double? PowerValue { get; set; } = 1;
}

/// <summary>The block <c>ssh</c> in a form.</summary>
public sealed class SshEntry
{
    private readonly Approval _approval = new();

    public SshView? Saved { get; init; }
    public string Host { get; set; } = "";
    public int? Port { get; set; } = 22;
    public string UserName { get; set; } = "";
    public string? Password { get; set; }
    public string? PrivateKey { get; set; }
    public string? Passphrase { get; set; }
    public string ShutdownCommand { get; set; } = "";
    public string LibvirtUri { get; set; } = "";
    public string Preset { get; set; } = "";

    private (string Host, int Port) At => (Host.Trim(), Port ?? 22);

    /// <summary>Saved secrets are those of this address and user; another one is asked for them again (DESIGN 4).</summary>
    public bool SameAddress =>
        Saved is not null
        && string.Equals(Saved.Host, At.Host, StringComparison.OrdinalIgnoreCase)
        && (Saved.Port, Saved.UserName) == (At.Port, UserName.Trim());

    /// <summary>The key that was approved just now for the address as it is; another address was not approved.</summary>
    public string? Approved => _approval.For(At);

    /// <summary>The only key that this host is let in by: just approved, or pinned before.</summary>
    public string? Trusted =>
        Approved ?? (Saved is not null && (Saved.Host, Saved.Port) == At ? Saved.HostKeyFingerprint : null);

    public void Approve(string fingerprint) => _approval.Give(fingerprint, At);

    public static SshEntry Of(SshView? saved) =>
        saved is null
            ? new()
            : new()
            {
                Saved = saved,
                Host = saved.Host,
                Port = saved.Port,
                UserName = saved.UserName,
                ShutdownCommand = saved.ShutdownCommand ?? "",
                LibvirtUri = saved.LibvirtUri ?? "",
                Preset = saved.Preset ?? "",
            };

    public SshBlock ToBlock()
    {
        var block = new SshBlock
        {
            Host = Host,
            Port = Port,
            UserName = UserName,
            Password = Password,
            PrivateKey = PrivateKey,
            Passphrase = Passphrase,
            ShutdownCommand = ShutdownCommand,
            LibvirtUri = LibvirtUri,
            Preset = Preset,
        };
        // Left out keeps the pinned key; that is another thing than given as null.
        return Approved is { } approved ? block with { HostKeyFingerprint = approved } : block;
    }
}

/// <summary>A fingerprint that a person just approved, for the address that it was shown at.</summary>
public sealed class Approval
{
    private (string Fingerprint, object At)? _given;

    /// <summary>Null: another address was not approved.</summary>
    public string? For(object at) => _given is { } given && given.At.Equals(at) ? given.Fingerprint : null;

    public void Give(string fingerprint, object at) => _given = (fingerprint, at);
}
