namespace VmPowerManager.Hosts;

/// <summary>A body joined with what is saved (DESIGN 4): a secret left out or null is kept, <c>""</c> clears it, another
/// address or user asks for it again; so does a pinned key or certificate, which belongs to an address as well.</summary>
/// <param name="Dropped">Blocks whose saved secrets were dropped for that.</param>
internal sealed record MergedSettings(
    HostSettings Settings,
    IReadOnlyDictionary<string, string> Secrets,
    IReadOnlySet<string> Dropped
)
{
    /// <param name="saved">Null for a new host.</param>
    public static MergedSettings Of(
        HostBody body,
        HostSettings? saved,
        IReadOnlyDictionary<string, string> savedSecrets
    )
    {
        var merging = new Merging(savedSecrets);
        var ssh = body.Ssh is null ? saved?.Ssh : Ssh(body.Ssh, saved?.Ssh);
        merging.Block("ssh", saved?.Ssh is not null, ssh is not null, ssh?.SameAddress(saved?.Ssh) == true);
        merging.Secret(HostSecrets.SshPassword, body.Ssh?.Password);
        merging.Secret(HostSecrets.SshPrivateKey, body.Ssh?.PrivateKey);
        merging.Secret(HostSecrets.SshPassphrase, body.Ssh?.Passphrase);

        var https = body.Https is null ? saved?.Https : Https(body.Https, saved?.Https);
        merging.Block("https", saved?.Https is not null, https is not null, https?.SameAddress(saved?.Https) == true);
        merging.Secret(HostSecrets.HttpsPassword, body.Https?.Password);
        merging.Secret(HostSecrets.HttpsTokenSecret, body.Https?.TokenSecret);

        var direct = body.Direct is null ? saved?.Direct : Direct(body.Direct, saved?.Direct);
        merging.Block(
            "direct",
            saved?.Direct is not null,
            direct is not null,
            direct?.SameAddress(saved?.Direct) == true
        );
        merging.Secret(HostSecrets.DirectPassword, body.Direct?.Password);

        var winrm = body.Winrm is null ? saved?.Winrm : Winrm(body.Winrm, saved?.Winrm);
        merging.Block("winrm", saved?.Winrm is not null, winrm is not null, winrm?.SameAddress(saved?.Winrm) == true);
        merging.Secret(HostSecrets.WinrmPassword, body.Winrm?.Password);

        IReadOnlyList<WakeSettings> was = saved?.Wake ?? [];
        var wake = body.Wake?.Select(b => Wake(b, was)).ToList() ?? [.. was];
        for (var i = 0; i < wake.Count; i++)
        {
            var same = was.ToList().FindIndex(wake[i].SameAddress);
            merging.Keep(
                HostSecrets.WakePassword(i),
                body.Wake?[i].Password
                    ?? (same < 0 ? null : savedSecrets.GetValueOrDefault(HostSecrets.WakePassword(same)))
            );
        }
        var settings = new HostSettings
        {
            Ssh = ssh,
            Https = https,
            Direct = direct,
            Winrm = winrm,
            Wake = wake,
        };
        return new(settings, merging.Secrets, merging.Dropped);
    }

    /// <summary>Null: no address and no user, which removes the block.</summary>
    private static SshSettings? Ssh(SshBlock block, SshSettings? saved)
    {
        var ssh = new SshSettings
        {
            Host = block.Host?.Trim() ?? "",
            Port = block.Port ?? 22,
            UserName = block.UserName?.Trim() ?? "",
            ShutdownCommand = Text(block.ShutdownCommand),
            LibvirtUri = Text(block.LibvirtUri),
            Preset = Text(block.Preset),
        };
        if (ssh is { Host: "", UserName: "" })
            return null;
        var sameHost = saved is not null && (saved.Host, saved.Port) == (ssh.Host, ssh.Port);
        return ssh with
        {
            HostKeyFingerprint =
                block.FingerprintGiven ? Text(block.HostKeyFingerprint)
                : sameHost ? saved?.HostKeyFingerprint
                : null,
        };
    }

    private static HttpsSettings? Https(HttpsBlock block, HttpsSettings? saved) =>
        Known(
            new HttpsSettings
            {
                BaseUrl = block.BaseUrl?.Trim() ?? "",
                UserName = Text(block.UserName),
                TokenId = Text(block.TokenId),
                HostName = Text(block.HostName),
            },
            block.FingerprintGiven,
            block.CertificateFingerprint,
            saved
        );

    private static HttpsSettings? Direct(DirectBlock block, HttpsSettings? saved) =>
        Known(
            new HttpsSettings { BaseUrl = block.BaseUrl?.Trim() ?? "", UserName = Text(block.UserName) },
            block.FingerprintGiven,
            block.CertificateFingerprint,
            saved
        );

    private static HttpsSettings? Known(HttpsSettings https, bool given, string? fingerprint, HttpsSettings? saved) =>
        https is { BaseUrl: "", UserName: null, TokenId: null }
            ? null
            : https with
            {
                CertificateFingerprint =
                    given ? Fingerprint(fingerprint)
                    : https.SameServer(saved) ? saved.CertificateFingerprint
                    : null,
            };

    private static WinrmSettings? Winrm(WinrmBlock block, WinrmSettings? saved)
    {
        var useTls = block.UseTls ?? true;
        var winrm = new WinrmSettings
        {
            Host = block.Host?.Trim() ?? "",
            Port = block.Port ?? (useTls ? 5986 : 5985),
            UseTls = useTls,
            UserName = block.UserName?.Trim() ?? "",
            Authentication = block.Authentication ?? WinrmAuthentication.Ntlm,
        };
        if (winrm is { Host: "", UserName: "" })
            return null;
        return winrm with
        {
            CertificateFingerprint =
                block.FingerprintGiven ? Fingerprint(block.CertificateFingerprint)
                : winrm.SameServer(saved) ? saved.CertificateFingerprint
                : null,
        };
    }

    private static WakeSettings Wake(WakeBlock block, IReadOnlyList<WakeSettings> saved)
    {
        var wake = new WakeSettings
        {
            Method = block.Method ?? "",
            MacAddress = Text(block.MacAddress),
            Host = Text(block.Host),
            Port = block.Port,
            UserName = Text(block.UserName),
            Interface = Text(block.Interface),
            RelayHostId = block.RelayHostId,
            CipherSuite = block.CipherSuite,
            SystemId = Text(block.SystemId),
            Outlet = Text(block.Outlet),
        };
        return wake with
        {
            CertificateFingerprint = block.FingerprintGiven
                ? Fingerprint(block.CertificateFingerprint)
                : saved.FirstOrDefault(wake.SameAddress)?.CertificateFingerprint,
        };
    }

    /// <summary>In our own manner where it is one, else as given: it is told then that it is none.</summary>
    private static string? Fingerprint(string? given) => Protocols.Tls.Fingerprints.Normal(given) ?? Text(given);

    private static string? Text(string? given) => string.IsNullOrWhiteSpace(given) ? null : given.Trim();

    /// <summary>Secrets, block by block.</summary>
    private sealed class Merging(IReadOnlyDictionary<string, string> saved)
    {
        private readonly Dictionary<string, string> _secrets = [];
        private readonly HashSet<string> _dropped = [];
        private bool _set;
        private bool _same;

        public IReadOnlyDictionary<string, string> Secrets => _secrets;
        public IReadOnlySet<string> Dropped => _dropped;

        /// <summary>The secrets that follow are of this block.</summary>
        public void Block(string name, bool was, bool set, bool same)
        {
            (_set, _same) = (set, same);
            if (was && !same)
                _dropped.Add(name);
        }

        public void Secret(string name, string? given)
        {
            if (_set)
                Keep(name, given ?? (_same ? saved.GetValueOrDefault(name) : null));
        }

        public void Keep(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                _secrets[name] = value;
        }
    }
}
