using System.Text.Json;
using MimeKit;
using VmPowerManager.Core;

namespace VmPowerManager.Notifications.Email;

/// <summary>How the way to the mail server is protected.</summary>
internal enum EmailSecurity
{
    /// <summary>STARTTLS, or no mail.</summary>
    StartTls,

    /// <summary>TLS from the first byte.</summary>
    Tls,

    /// <summary>In the clear; no password is sent then.</summary>
    None,
}

/// <summary>The block <c>email</c>; the password is kept apart.</summary>
internal sealed record EmailSettings
{
    /// <summary>Never a secret.</summary>
    public override string ToString() => $"{UserName}@{Host}";

    public const string Block = "email";
    public const string PasswordKey = "password";
    private const int MostRecipients = 50;

    public string Host { get; init; } = "";

    /// <summary>Null: 587 with STARTTLS, 465 with TLS, 25 without.</summary>
    public int? Port { get; init; }
    public EmailSecurity Security { get; init; }
    public string? UserName { get; init; }
    public string? Password { get; init; }
    public string From { get; init; } = "";
    public IReadOnlyList<string> To { get; init; } = [];

    /// <summary>SHA-256 of the server's certificate; null: one that this machine trusts for that name.</summary>
    public string? CertificateFingerprint { get; init; }

    public static EmailSettings Of(JsonElement stored) =>
        stored.Deserialize<EmailSettings>(Json.Options) ?? new EmailSettings();

    /// <summary>With defaults filled in and blanks trimmed; what is wrong is told.</summary>
    public static EmailSettings Parse(JsonElement entered, Action<string, string> wrong)
    {
        var read = JsonFaults.Read<EmailSettings>(entered, Block);
        var settings = read with
        {
            Host = (read.Host ?? "").Trim(),
            Port = read.Port ?? DefaultPort(read.Security),
            UserName = string.IsNullOrWhiteSpace(read.UserName) ? null : read.UserName.Trim(),
            From = (read.From ?? "").Trim(),
            To = [.. (read.To ?? []).Select(t => (t ?? "").Trim()).Where(t => t.Length > 0).Distinct()],
            CertificateFingerprint = string.IsNullOrWhiteSpace(read.CertificateFingerprint)
                ? null
                : read.CertificateFingerprint.Trim(),
        };
        settings.Check(wrong);
        return settings;
    }

    private void Check(Action<string, string> wrong)
    {
        if (Host.Length == 0)
            wrong("host", "Is required.");
        else if (Host.Length > 255 || Host.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
            wrong("host", "Must be a host name or an address.");
        if (Port is < 1 or > 65535)
            wrong("port", "Must be a number from 1 to 65535.");
        if (UserName is { Length: > 200 } || UserName?.Any(char.IsControl) == true)
            wrong("userName", "Must be a text of at most 200 characters in one line.");
        if (Password?.Any(char.IsControl) == true)
            wrong(PasswordKey, "Must not hold control characters.");
        if (UserName is not null && Security == EmailSecurity.None)
            wrong("security", "Must be startTls or tls: a password is not sent in the clear.");
        if (From.Length == 0)
            wrong("from", "Is required.");
        else if (!IsAddress(From))
            wrong("from", "Must be an e-mail address.");
        if (To.Count is 0 or > MostRecipients)
            wrong("to", $"Must hold 1 to {MostRecipients} e-mail addresses.");
        foreach (var (address, i) in To.Select((a, i) => (a, i)).Where(t => !IsAddress(t.a)))
            wrong($"to[{i}]", $"Must be an e-mail address: {address}");
        if (CertificateFingerprint is { } pinned && !CertificatePin.IsFingerprint(pinned))
            wrong("certificateFingerprint", "Must be a SHA-256 in hexadecimal: 64 digits.");
    }

    private static int DefaultPort(EmailSecurity security) =>
        security switch
        {
            EmailSecurity.Tls => 465,
            EmailSecurity.None => 25,
            _ => 587,
        };

    private static bool IsAddress(string text) =>
        text.Length <= 320
        && !text.Any(char.IsControl)
        && MailboxAddress.TryParse(text, out var mailbox)
        && mailbox.Address.IndexOf('@', StringComparison.Ordinal) is > 0 and var at
        && at < mailbox.Address.Length - 1;
}
