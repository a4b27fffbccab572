namespace VmPowerManager.Hosts;

/// <summary>A body joined with what is saved (DESIGN 4): a secret left out or null is kept, <c>""</c> clears it, another
/// address or user asks for it again; so does the pinned key, which belongs to an address as well.</summary>
/// <param name="AddressChanged">Saved secrets were dropped for that.</param>
internal sealed record MergedSettings(
    HostSettings Settings,
    IReadOnlyDictionary<string, string> Secrets,
    bool AddressChanged
)
{
    /// <param name="saved">Null for a new host.</param>
    public static MergedSettings Of(
        HostBody body,
        HostSettings? saved,
        IReadOnlyDictionary<string, string> savedSecrets
    )
    {
        var secrets = new Dictionary<string, string>();
        var ssh = body.Ssh is null ? saved?.Ssh : Ssh(body.Ssh, saved?.Ssh);
        var same = ssh is not null && ssh.SameAddress(saved?.Ssh);
        if (ssh is not null)
        {
            Merge(HostSecrets.SshPassword, body.Ssh?.Password, same);
            Merge(HostSecrets.SshPrivateKey, body.Ssh?.PrivateKey, same);
            Merge(HostSecrets.SshPassphrase, body.Ssh?.Passphrase, same);
        }
        var wake = body.Wake?.Select(Wake).ToList() ?? [.. saved?.Wake ?? []];
        for (var i = 0; i < wake.Count; i++)
        {
            var was = saved?.Wake.ToList().IndexOf(wake[i]) ?? -1;
            Keep(
                HostSecrets.WakePassword(i),
                body.Wake?[i].Password
                    ?? (was < 0 ? null : savedSecrets.GetValueOrDefault(HostSecrets.WakePassword(was)))
            );
        }
        var dropped = saved?.Ssh is not null && !same;
        return new(new HostSettings { Ssh = ssh, Wake = wake }, secrets, dropped);

        void Merge(string name, string? given, bool keep) =>
            Keep(name, given ?? (keep ? savedSecrets.GetValueOrDefault(name) : null));

        void Keep(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                secrets[name] = value;
        }
    }

    private static SshSettings Ssh(SshBlock block, SshSettings? saved)
    {
        var ssh = new SshSettings
        {
            Host = block.Host?.Trim() ?? "",
            Port = block.Port ?? 22,
            UserName = block.UserName?.Trim() ?? "",
            ShutdownCommand = Text(block.ShutdownCommand),
            LibvirtUri = Text(block.LibvirtUri),
        };
        var sameHost = saved is not null && (saved.Host, saved.Port) == (ssh.Host, ssh.Port);
        return ssh with
        {
            HostKeyFingerprint =
                block.FingerprintGiven ? Text(block.HostKeyFingerprint)
                : sameHost ? saved?.HostKeyFingerprint
                : null,
        };
    }

    private static WakeSettings Wake(WakeBlock block) =>
        new()
        {
            Method = block.Method ?? "",
            MacAddress = Text(block.MacAddress),
            Host = Text(block.Host),
            Port = block.Port,
            UserName = Text(block.UserName),
            Interface = Text(block.Interface),
        };

    private static string? Text(string? given) => string.IsNullOrWhiteSpace(given) ? null : given.Trim();
}
