using VmPowerManager.Core;

namespace VmPowerManager.Hosts;

/// <summary>Reads hosts and guests, from memory.</summary>
internal sealed class HostQueries(HostDirectory directory, HostMonitor monitor, IEnumerable<IWakeMethod> wakeMethods)
{
    /// <summary>What drivers there are, by name.</summary>
    public IReadOnlyList<PlatformView> Platforms =>
        [
            .. directory
                .Platforms.Select(name => directory.Driver(name)!) // not null: a name of its own list
                .Select(d => new PlatformView(
                    d.Platform,
                    d.Blocks,
                    d.NeedsOneOf,
                    d.Capabilities.HasFlag(HostCapabilities.Guests)
                )),
        ];

    /// <summary>What stands in the way of this wake method here, of whatever host; null: nothing that is known.</summary>
    public Sentence? WakeTrouble(string method) => wakeMethods.FirstOrDefault(m => m.Method == method)?.Trouble;

    public IReadOnlyList<HostView> Hosts() => [.. directory.Entries.Select(View)];

    /// <summary>Where this program runs: as declared, and as found.</summary>
    public ManagerView Manager() =>
        new(directory.Entries.FirstOrDefault(e => e.Configured.RunsManager)?.Device.Id, monitor.Place.Value);

    /// <exception cref="NotFoundException">No host has that id.</exception>
    public HostView Host(int id) => View(directory.Find(id) ?? throw new NotFoundException($"Host {id}"));

    /// <exception cref="NotFoundException">No host has that id.</exception>
    public IReadOnlyList<GuestView> GuestsOf(int hostId)
    {
        Host(hostId);
        return [.. (monitor.Picture.Hosts.GetValueOrDefault(hostId)?.Guests ?? []).Select(GuestView.Of)];
    }

    public IReadOnlyList<GuestView> Guests() => [.. monitor.Picture.Guests.Select(GuestView.Of)];

    /// <exception cref="NotFoundException">No guest has that id.</exception>
    public GuestView Guest(int id) =>
        GuestView.Of(
            monitor.Picture.Guests.FirstOrDefault(g => g.Id == id) ?? throw new NotFoundException($"Guest {id}")
        );

    private HostView View(HostEntry entry)
    {
        var host = entry.Configured;
        var live = monitor.Picture.Hosts.GetValueOrDefault(host.Id) ?? host;
        return new HostView
        {
            Id = host.Id,
            Name = host.Name,
            Platform = host.Platform,
            Role = host.Role,
            RunsManager = host.RunsManager,
            Supplies = host.Supplies,
            MinSupplies = host.MinSupplies,
            MaxParallelGuests = host.MaxParallelGuests,
            Witness = host.Witness,
            OffSilenceSeconds = (int)host.OffSilenceSeconds,
            Ssh = entry.Settings.Ssh is { } ssh ? View(ssh, entry.Device.Secrets) : null,
            Https = entry.Settings.Https is { } https ? View("https", https, entry.Device.Secrets) : null,
            Direct = entry.Settings.Direct is { } direct ? View("direct", direct, entry.Device.Secrets) : null,
            Winrm = entry.Settings.Winrm is { } winrm ? View(winrm, entry.Device.Secrets) : null,
            Wake = [.. entry.Settings.Wake.Select((w, i) => View(w, i, entry.Device.Secrets))],
            Realm = live.Realm,
            RefreshedAt = live.RefreshedAt,
            Fault = live.Fault,
            GuestCount = live.Guests.Count,
            Facts = live.Facts,
        };
    }

    private static SshView View(SshSettings ssh, IReadOnlyDictionary<string, string> secrets) =>
        new(
            ssh.Host,
            ssh.Port,
            ssh.UserName,
            secrets.ContainsKey(HostSecrets.SshPassword),
            secrets.ContainsKey(HostSecrets.SshPrivateKey),
            secrets.ContainsKey(HostSecrets.SshPassphrase),
            ssh.HostKeyFingerprint,
            ssh.ShutdownCommand,
            ssh.LibvirtUri,
            ssh.Preset
        );

    private static HttpsView View(string block, HttpsSettings https, IReadOnlyDictionary<string, string> secrets) =>
        new(
            https.BaseUrl,
            https.UserName,
            secrets.ContainsKey($"{block}.password"),
            https.TokenId,
            https.HostName,
            secrets.ContainsKey($"{block}.tokenSecret"),
            https.CertificateFingerprint
        );

    private static WinrmView View(WinrmSettings winrm, IReadOnlyDictionary<string, string> secrets) =>
        new(
            winrm.Host,
            winrm.Port,
            winrm.UseTls,
            winrm.UserName,
            secrets.ContainsKey(HostSecrets.WinrmPassword),
            winrm.Authentication,
            winrm.CertificateFingerprint
        );

    private static WakeView View(WakeSettings wake, int index, IReadOnlyDictionary<string, string> secrets) =>
        new(
            wake.Method,
            wake.MacAddress,
            wake.Host,
            wake.Port,
            wake.UserName,
            secrets.ContainsKey(HostSecrets.WakePassword(index)),
            wake.Interface,
            wake.RelayHostId,
            wake.CipherSuite,
            wake.SystemId,
            wake.CertificateFingerprint,
            wake.Outlet
        );
}
