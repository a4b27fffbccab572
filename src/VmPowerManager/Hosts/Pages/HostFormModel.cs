namespace VmPowerManager.Hosts.Pages;

/// <summary>What is in a host's form. Secrets: null keeps, <c>""</c> clears, as in the API.</summary>
public sealed class HostFormModel
{
    private readonly Dictionary<string, bool> _also = [];
    private string? _way;

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
    public HttpsEntry Https { get; init; } = new();
    public HttpsEntry Direct { get; init; } = new();
    public WinrmEntry Winrm { get; init; } = new();
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
            Https = HttpsEntry.Of(host.Https),
            Direct = HttpsEntry.Of(host.Direct),
            Winrm = WinrmEntry.Of(host.Winrm),
            Wake = [.. host.Wake.Select(WakeEntry.Of)],
        };

    /// <param name="blocks">Those that are used of the ones that the platform reads. What is saved of others is
    /// removed.</param>
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
            Ssh =
                blocks.Contains("ssh") ? Ssh.ToBlock()
                : Saved?.Ssh is null ? null
                : new SshBlock(),
            Https =
                blocks.Contains("https") ? Https.ToBlock()
                : Saved?.Https is null ? null
                : new HttpsBlock(),
            Direct =
                blocks.Contains("direct") ? Direct.ToDirectBlock()
                : Saved?.Direct is null ? null
                : new DirectBlock(),
            Winrm =
                blocks.Contains("winrm") ? Winrm.ToBlock()
                : Saved?.Winrm is null ? null
                : new WinrmBlock(),
            Wake = [.. Wake.Select(w => w.ToBlock())],
        };

    /// <summary>The blocks in use: the way in that was chosen where there are several, and what was added to it.</summary>
    public IReadOnlyList<string> Used(PlatformView? platform)
    {
        if (platform is null)
            return [];
        var way = WayIn(platform);
        return [.. platform.Blocks.Where(b => b == way || (!platform.NeedsOneOf.Contains(b) && Also(b)))];
    }

    /// <summary>The block by which the host is reached.</summary>
    public string WayIn(PlatformView platform) =>
        _way is { } chosen && platform.NeedsOneOf.Contains(chosen)
            ? chosen
            : platform.NeedsOneOf.FirstOrDefault(IsSaved) ?? platform.NeedsOneOf[0];

    public void Choose(string way) => _way = way;

    /// <summary>Whether a block that the platform could do without is used.</summary>
    public bool Also(string block) => _also.GetValueOrDefault(block, IsSaved(block));

    public void Use(string block, bool use) => _also[block] = use;

    private bool IsSaved(string block) =>
        block switch
        {
            "ssh" => Saved?.Ssh is not null,
            "https" => Saved?.Https is not null,
            "direct" => Saved?.Direct is not null,
            "winrm" => Saved?.Winrm is not null,
            _ => true,
        };

    /// <summary>Equal for two moments between which nothing changed that a test depends on. The approved key is what a test
    /// shows, so approving it does not make the test an old one.</summary>
    public string Tested(IReadOnlyList<string> blocks) =>
        System.Text.Json.JsonSerializer.Serialize(
            new
            {
                Platform,
                Ssh = blocks.Contains("ssh") ? Ssh.ToBlock() with { HostKeyFingerprint = null } : null,
                Https = blocks.Contains("https") ? Https.ToBlock() with { CertificateFingerprint = null } : null,
                Direct = blocks.Contains("direct")
                    ? Direct.ToDirectBlock() with
                    {
                        CertificateFingerprint = null,
                    }
                    : null,
                Winrm = blocks.Contains("winrm") ? Winrm.ToBlock() with { CertificateFingerprint = null } : null,
            },
            Core.Json.Options
        );
}
