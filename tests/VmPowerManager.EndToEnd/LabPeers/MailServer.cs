using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using VmPowerManager.EndToEnd.Driving;

namespace VmPowerManager.EndToEnd.LabPeers;

/// <summary>A mail as it lies in the mailbox.</summary>
public sealed record Mail(string Subject, string MessageId, string Text);

/// <summary>The lab's Postfix: STARTTLS and AUTH required, self-signed certificate.</summary>
public sealed partial class MailServer(Lab lab)
{
    public const string User = "alerts@mail.lab.test";
    public const string Password = "smtppass12";

    /// <summary>SHA-256 of its certificate.</summary>
    public string Fingerprint
    {
        get
        {
            var file = Path.Combine(lab.Folder, "smtp", "server.pem");
            using var certificate = X509CertificateLoader.LoadCertificateFromFile(file);
            return Convert.ToHexString(SHA256.HashData(certificate.RawData));
        }
    }

    public async Task StartAsync() => (await lab.ScriptAsync("smtp", "start")).Ok("smtp start");

    public async Task StopAsync() => (await lab.ScriptAsync("smtp", "stop")).Ok("smtp stop");

    /// <summary>What arrived since the last <see cref="Empty"/>, in order of arrival.</summary>
    public IReadOnlyList<Mail> Mails() => [.. Files().OrderBy(f => f.LastWriteTimeUtc).Select(f => Read(f.FullName))];

    public void Empty()
    {
        foreach (var file in Files())
            file.Delete();
    }

    /// <summary>Postfix makes the mailbox with the first mail.</summary>
    private FileInfo[] Files()
    {
        var box = new DirectoryInfo(Path.Combine(lab.Folder, "smtp", "mail", "all", "new"));
        return box.Exists ? box.GetFiles() : [];
    }

    private static Mail Read(string file)
    {
        var text = File.ReadAllText(file);
        return new(Header(text, "Subject"), Header(text, "Message-Id"), text);
    }

    private static string Header(string mail, string name)
    {
        var head = mail.Split("\n\n")[0];
        var found = Regex.Match(head, $@"^{name}: ?(.*(\n[ \t].*)*)", RegexOptions.IgnoreCase | RegexOptions.Multiline);
        return Folded().Replace(found.Groups[1].Value, " ").Trim();
    }

    [GeneratedRegex(@"\n[ \t]+")]
    private static partial Regex Folded();
}
