using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using VmPowerManager.Accounts;
using VmPowerManager.Core;
using VmPowerManager.Events;
using VmPowerManager.Protocols.Tls;
using VmPowerManager.Storage;

namespace VmPowerManager.Hosts;

/// <summary>Pins what a person has approved; all else of the host stays as it is.</summary>
internal sealed class HostTrustCommands(
    IDbContextFactory<AppDb> database,
    HostDirectory directory,
    HostTrust trust,
    EventLog events
)
{
    /// <exception cref="RefusalException">Forbidden, unknown, no fingerprint, or the host is reached another way.</exception>
    public async Task TrustAsync(ClaimsPrincipal actor, int id, PinKind kind, string fingerprint, CancellationToken ct)
    {
        Access.Demand(actor, Role.Administrator);
        await using var db = await database.CreateDbContextAsync(ct);
        var row =
            await db.Set<HostRow>().SingleOrDefaultAsync(h => h.Id == id, ct)
            ?? throw new NotFoundException($"Host {id}");
        var before = HostSettings.TryParse(row.Settings) ?? new HostSettings();
        var (after, was) = kind switch
        {
            PinKind.HostKey => WithHostKey(row, before, fingerprint),
            PinKind.DirectCertificate => WithDirectCertificate(row, before, fingerprint),
            _ => WithCertificate(row, before, fingerprint),
        };
        row.Settings = after.ToJson();
        await db.SaveChangesAsync(ct);
        trust.Forget(before, after);
        events.Append(
            new NewEvent("host.trusted", Severity.Info, row.Name, Approved(row.Name, kind, fingerprint))
            {
                Actor = Access.Name(actor),
                HostId = row.Id,
                Data = new Pin(kind, "", 0, fingerprint).Data(was),
            }
        );
        await directory.ReloadAsync();
    }

    private static Sentence Approved(string name, PinKind kind, string fingerprint)
    {
        // Each a sentence of its own, so that each can be said in another language.
        if (kind == PinKind.HostKey)
            return $"{name} is known by its host key {fingerprint} from now on, as a person approved.";
        return $"{name} is known by its certificate {fingerprint} from now on, as a person approved.";
    }

    private static (HostSettings After, string? Was) WithHostKey(HostRow row, HostSettings settings, string key)
    {
        if (settings.Ssh is not { } ssh)
            throw new ConflictException($"{row.Name} is not reached over SSH.");
        if (!HostBlockValidation.IsHostKey(key))
            throw new InvalidInputException("ssh.hostKeyFingerprint", HostBlockValidation.NoHostKey);
        return (settings with { Ssh = ssh with { HostKeyFingerprint = key } }, ssh.HostKeyFingerprint);
    }

    private static (HostSettings After, string? Was) WithDirectCertificate(
        HostRow row,
        HostSettings settings,
        string certificate
    )
    {
        if (settings.Direct is not { Url.Scheme: "https" } direct)
            throw new ConflictException($"{row.Name} has no address of its own that is reached over TLS.");
        var trusted =
            Fingerprints.Normal(certificate)
            ?? throw new InvalidInputException("direct.certificateFingerprint", HostBlockValidation.NoCertificate);
        return (
            settings with
            {
                Direct = direct with { CertificateFingerprint = trusted },
            },
            direct.CertificateFingerprint
        );
    }

    /// <summary>Of the block that shows a certificate, which is one for each platform.</summary>
    private (HostSettings After, string? Was) WithCertificate(HostRow row, HostSettings settings, string certificate)
    {
        var blocks = directory.Driver(row.Platform)?.Blocks ?? [];
        var (https, winrm) = (
            blocks.Contains("https") ? settings.Https : null,
            blocks.Contains("winrm") ? settings.Winrm : null
        );
        if (https is null && winrm is not { UseTls: true })
            throw new ConflictException($"{row.Name} is not reached over TLS.");
        var field = https is null ? "winrm.certificateFingerprint" : "https.certificateFingerprint";
        var trusted =
            Fingerprints.Normal(certificate)
            ?? throw new InvalidInputException(field, HostBlockValidation.NoCertificate);
        return https is not null
            ? (settings with { Https = https with { CertificateFingerprint = trusted } }, https.CertificateFingerprint)
            : (
                settings with
                {
                    Winrm = winrm! with { CertificateFingerprint = trusted },
                },
                winrm.CertificateFingerprint
            ); // not null: else refused above
    }
}
