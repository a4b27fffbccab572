namespace VmPowerManager.Hosts.Pages;

/// <summary>What is in a host's form. Secrets: null keeps, <c>""</c> clears, as in the API.</summary>
public sealed class HostFormModel
{
    /// <summary>Null for a new host.</summary>
    public int? Id { get; init; }

    /// <summary>What is saved of it, or null.</summary>
    public HostView? Saved { get; init; }
    public string Name { get; set; } = "";
    public string Platform { get; set; } = "";
    public HostRole? Role { get; set; }
    public bool RunsManager { get; set; }
    public List<SupplyEntry> Supplies { get; init; } = [];
    public double? MinSupplies { get; set; }
    public int? MaxParallelGuests { get; set; }
    public string Witness { get; set; } = "";
    public int? OffSilenceSeconds { get; set; }
    public SshEntry Ssh { get; init; } = new();
    public List<WakeEntry> Wake { get; init; } = [];

    public static HostFormModel Of(HostView host) =>
        new()
        {
            Id = host.Id,
            Saved = host,
            Name = host.Name,
            Platform = host.Platform,
            Role = host.Role,
            RunsManager = host.RunsManager,
            Supplies = [.. host.Supplies.Select(s => new SupplyEntry { UpsId = s.UpsId, PowerValue = s.PowerValue })],
            MinSupplies = host.MinSupplies,
            MaxParallelGuests = host.MaxParallelGuests,
            Witness = host.Witness ?? "",
            OffSilenceSeconds = host.OffSilenceSeconds,
            Ssh = SshEntry.Of(host.Ssh),
            Wake = [.. host.Wake.Select(WakeEntry.Of)],
        };

    /// <param name="blocks">Those that the platform reads.</param>
    public HostBody ToBody(IReadOnlyList<string> blocks) =>
        new()
        {
            Id = Id,
            Name = Name,
            Platform = Platform,
            Role = Role,
            RunsManager = RunsManager,
            Supplies = [.. Supplies.Select(s => new HostSupply(s.UpsId, s.PowerValue ?? 0))],
            MinSupplies = MinSupplies,
            MaxParallelGuests = MaxParallelGuests,
            Witness = string.IsNullOrWhiteSpace(Witness) ? null : Witness.Trim(),
            OffSilenceSeconds = OffSilenceSeconds,
            Ssh = blocks.Contains("ssh") ? Ssh.ToBlock() : null,
            Wake = [.. Wake.Select(w => w.ToBlock())],
        };

    /// <summary>Equal for two moments between which nothing changed that a test depends on. The approved key is what a test
    /// shows, so approving it does not make the test an old one.</summary>
    public string Tested(IReadOnlyList<string> blocks) =>
        System.Text.Json.JsonSerializer.Serialize(
            new { Platform, Ssh = blocks.Contains("ssh") ? Ssh.ToBlock() with { HostKeyFingerprint = null } : null },
            Core.Json.Options
        );
}

/// <summary>A UPS that feeds the host.</summary>
public sealed class SupplyEntry
{
    public int UpsId { get; set; }
    public double? PowerValue { get; set; } = 1;
}

/// <summary>The block <c>ssh</c> in a form.</summary>
public sealed class SshEntry
{
    private (string Key, (string Host, int Port) At)? _approved;

    public SshView? Saved { get; init; }
    public string Host { get; set; } = "";
    public int? Port { get; set; } = 22;
    public string UserName { get; set; } = "";
    public string? Password { get; set; }
    public string? PrivateKey { get; set; }
    public string? Passphrase { get; set; }
    public string ShutdownCommand { get; set; } = "";
    public string LibvirtUri { get; set; } = "";

    private (string Host, int Port) At => (Host.Trim(), Port ?? 22);

    /// <summary>Saved secrets are those of this address and user; another one is asked for them again (DESIGN 4).</summary>
    public bool SameAddress =>
        Saved is not null
        && string.Equals(Saved.Host, At.Host, StringComparison.OrdinalIgnoreCase)
        && (Saved.Port, Saved.UserName) == (At.Port, UserName.Trim());

    /// <summary>The key that was approved just now for the address as it is; another address was not approved.</summary>
    public string? Approved => _approved?.At == At ? _approved?.Key : null;

    /// <summary>The only key that this host is let in by: just approved, or pinned before.</summary>
    public string? Trusted =>
        Approved ?? (Saved is not null && (Saved.Host, Saved.Port) == At ? Saved.HostKeyFingerprint : null);

    public void Approve(string fingerprint) => _approved = (fingerprint, At);

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
        };
        // Left out keeps the pinned key; that is another thing than given as null.
        return Approved is { } approved ? block with { HostKeyFingerprint = approved } : block;
    }
}

/// <summary>An entry of the list <c>wake</c> in a form.</summary>
public sealed class WakeEntry
{
    public string Method { get; set; } = "wol";
    public string MacAddress { get; set; } = "";
    public string Host { get; set; } = "";
    public int? Port { get; set; }
    public string UserName { get; set; } = "";
    public string Interface { get; set; } = "";
    public string? Password { get; set; }

    /// <summary>A password is saved with it; it is kept as long as nothing else of the entry changes.</summary>
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
            HasPassword = wake.HasPassword,
        };

    /// <summary>Only what the method reads.</summary>
    public WakeBlock ToBlock() =>
        Method == "wol"
            ? new()
            {
                Method = Method,
                MacAddress = MacAddress,
                Host = Host,
                Port = Port,
                Interface = Interface,
            }
            : new()
            {
                Method = Method,
                Host = Host,
                Port = Port,
                UserName = UserName,
                Password = Password,
            };
}
