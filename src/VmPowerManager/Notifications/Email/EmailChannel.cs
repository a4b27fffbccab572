using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using VmPowerManager.Core;

namespace VmPowerManager.Notifications.Email;

/// <summary>Mail by SMTP (RFC 5321) with STARTTLS (RFC 3207) or TLS and AUTH (RFC 4954): one connection a message.</summary>
internal sealed class EmailChannel(TimeProvider time) : INotificationChannel
{
    public string Kind => EmailSettings.Block;
    public string Title => "E-mail";
    public IReadOnlyList<string> Confidential => [];

    public IReadOnlyList<ChannelField> Fields { get; } =
    [
        new("host", "Mail server") { IsRequired = true, Hint = "Host name or address" },
        new("security", "Protected by", ChannelFieldKind.Choice)
        {
            Default = "startTls",
            Choices = [("startTls", "STARTTLS"), ("tls", "TLS from the first byte"), ("none", "Nothing (no password)")],
        },
        new("port", "Port", ChannelFieldKind.Number) { Hint = "587 with STARTTLS, 465 with TLS, 25 without" },
        new("userName", "User") { Hint = "Empty: no sign-in" },
        new(EmailSettings.PasswordKey, "Password", ChannelFieldKind.Secret),
        new("from", "Sender") { IsRequired = true, Hint = "The address it comes from" },
        new("to", "Recipients", ChannelFieldKind.Lines) { IsRequired = true, Hint = "One address a line" },
        new("certificateFingerprint", "Pinned certificate")
        {
            Hint = "SHA-256 of a self-signed server's certificate. Empty: any that this machine trusts",
        },
    ];

    public ChannelBlock Parse(JsonElement entered, Action<string, string> wrong)
    {
        var settings = EmailSettings.Parse(entered, wrong);
        var secrets = new Dictionary<string, string?> { [EmailSettings.PasswordKey] = settings.Password };
        return new(JsonSerializer.SerializeToElement(settings with { Password = null }, Json.Options), secrets);
    }

    public JsonObject Show(JsonElement settings, IReadOnlySet<string> held)
    {
        // Not null: Parse wrote an object.
        var shown = JsonObject.Create(settings)!;
        shown.Remove(EmailSettings.PasswordKey);
        shown["hasPassword"] = held.Contains(EmailSettings.PasswordKey);
        return shown;
    }

    public string Address(JsonElement settings)
    {
        var s = EmailSettings.Of(settings);
        return string.Create(CultureInfo.InvariantCulture, $"{s.Host}:{s.Port}");
    }

    public string Target(JsonElement settings)
    {
        var s = EmailSettings.Of(settings);
        return $"{string.Join(", ", s.To)} by {s.Host}";
    }

    public TimeSpan Limit(JsonElement settings) => TimeSpan.FromSeconds(30);

    public async Task<string> SendAsync(ChannelTarget to, Notification what, CancellationToken ct)
    {
        var settings = EmailSettings.Of(to.Settings);
        using var message = EmailMessage.Compose(settings, what, time.GetUtcNow());
        using var session = new EmailSession(settings, to.Secrets.GetValueOrDefault(EmailSettings.PasswordKey));
        return await session.SendAsync(message, what.Progress, ct);
    }
}
