using System.Text.Json;
using VmPowerManager.Core;
using VmPowerManager.Protocols.Nut;

namespace VmPowerManager.Ups.Nut;

/// <summary>The block <c>nut</c> of a UPS, as API.md writes it; the password is kept apart.</summary>
internal sealed record NutSettings
{
    public const string Block = "nut";
    public const string PasswordKey = "password";
    public const string UpsNameKey = "upsName";
    private const string Off = "off";
    private const string StartTls = "startTls";

    /// <summary>The block as a form.</summary>
    public static IReadOnlyList<UpsField> Fields { get; } =
    [
        new("host", "Server") { Hint = "Name or address of the machine that runs upsd", IsRequired = true },
        new("port", "Port", UpsFieldKind.Number) { Default = "3493" },
        new(UpsNameKey, "UPS name on the server")
        {
            Hint = "As in ups.conf, without @host",
            IsRequired = true,
            SuggestsName = true,
        },
        new("userName", "User name")
        {
            Hint = "Only needed to run commands and to change settings; reading needs no user",
        },
        new(PasswordKey, "Password", UpsFieldKind.Secret),
        new("tls", "Encryption", UpsFieldKind.Choice)
        {
            Default = Off,
            Choices = [new(Off, "None"), new(StartTls, "TLS (STARTTLS)")],
        },
        new("certificateFingerprint", "Certificate fingerprint (SHA-256)")
        {
            Hint = "Empty takes any certificate; the test offers the one it saw",
            OnlyWhere = ("tls", StartTls),
        },
    ];

    public string Host { get; init; } = "";
    public int Port { get; init; } = 3493;
    public string UpsName { get; init; } = "";
    public string? UserName { get; init; }

    /// <summary><c>off</c> or <c>startTls</c>.</summary>
    public string Tls { get; init; } = Off;

    /// <summary>SHA-256; null takes any certificate.</summary>
    public string? CertificateFingerprint { get; init; }

    public static NutSettings From(JsonElement stored) =>
        stored.Deserialize<NutSettings>(Json.Options) ?? new NutSettings();

    /// <summary>Checks what a person entered.</summary>
    public static NutSettings Parse(JsonElement entered, FieldErrors errors)
    {
        var fields = new JsonFields(entered, Block, errors);
        var settings = new NutSettings
        {
            Host = fields.RequiredText("host", 255),
            Port = (int)(fields.Number("port", 1, 65535) ?? 3493),
            UpsName = fields.RequiredText(UpsNameKey, 100),
            UserName = fields.Text("userName", 100),
            Tls = fields.Choice("tls", Off, Off, StartTls),
            CertificateFingerprint = fields.Text("certificateFingerprint", 200),
        };
        if (settings.Host.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
            errors.Add(fields.Path("host"), "Must be a host name or an address.");
        if (settings.UpsName.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is '"' or '\\' or '@'))
            errors.Add(fields.Path(UpsNameKey), "Must be the name in ups.conf, without @host.");
        if (settings.UserName?.Any(char.IsControl) == true)
            errors.Add(fields.Path("userName"), "Must not hold control characters.");
        if (
            fields.Find(PasswordKey) is { ValueKind: JsonValueKind.String } password
            && HasControl(password.GetString())
        )
            errors.Add(fields.Path(PasswordKey), "Must not hold control characters.");
        if (settings.CertificateFingerprint is { } pinned && !NutEndpoint.IsFingerprint(pinned))
            errors.Add(fields.Path("certificateFingerprint"), "Must be a SHA-256 in hexadecimal: 64 digits.");
        return settings;
    }

    public NutEndpoint Endpoint(IReadOnlyDictionary<string, string> secrets) =>
        new(Host, Port)
        {
            UserName = UserName,
            Password = secrets.GetValueOrDefault($"{Block}.{PasswordKey}"),
            StartTls = Tls == StartTls,
            CertificateFingerprint = CertificateFingerprint,
        };

    private static bool HasControl(string? text) => text?.Any(char.IsControl) == true;
}
