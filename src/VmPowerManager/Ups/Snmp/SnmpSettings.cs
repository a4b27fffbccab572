using System.Text.Json;
using System.Text.Json.Serialization;
using VmPowerManager.Core;
using VmPowerManager.Protocols.Snmp;

namespace VmPowerManager.Ups.Snmp;

/// <summary>The block <c>snmp</c> of a UPS, as API.md writes it; community and passwords are kept apart.</summary>
internal sealed record SnmpSettings
{
    public const string Block = "snmp";
    public const string CommunityKey = "community";
    public const string AuthPasswordKey = "authPassword";
    public const string PrivPasswordKey = "privPassword";

    /// <summary>Take the dialect that the device speaks.</summary>
    public const string Auto = "auto";
    private const string None = "none";
    private const string V1 = "v1";
    private const string V2c = "v2c";
    private const string V3 = "v3";
    private const int ShortestPassword = 8;

    private static readonly Dictionary<string, SnmpVersion> Versions = new()
    {
        [V1] = SnmpVersion.V1,
        [V2c] = SnmpVersion.V2c,
        [V3] = SnmpVersion.V3,
    };

    private static readonly Dictionary<string, SnmpAuth> Auths = new()
    {
        [None] = SnmpAuth.None,
        ["md5"] = SnmpAuth.Md5,
        ["sha1"] = SnmpAuth.Sha1,
        ["sha224"] = SnmpAuth.Sha224,
        ["sha256"] = SnmpAuth.Sha256,
        ["sha384"] = SnmpAuth.Sha384,
        ["sha512"] = SnmpAuth.Sha512,
    };

    private static readonly Dictionary<string, SnmpPrivacy> Privacies = new()
    {
        [None] = SnmpPrivacy.None,
        ["des"] = SnmpPrivacy.Des,
        ["aes128"] = SnmpPrivacy.Aes128,
        ["aes192"] = SnmpPrivacy.Aes192,
        ["aes256"] = SnmpPrivacy.Aes256,
        ["aes192Reeder"] = SnmpPrivacy.Aes192Reeder,
        ["aes256Reeder"] = SnmpPrivacy.Aes256Reeder,
    };

    /// <summary>The block as a form.</summary>
    public static IReadOnlyList<UpsField> Fields { get; } =
    [
        new("host", "Network card")
        {
            Hint = "Name or address of the UPS's network card",
            IsRequired = true,
            SuggestsName = true,
        },
        new("port", "Port", UpsFieldKind.Number) { Default = "161" },
        new("version", "SNMP version", UpsFieldKind.Choice)
        {
            Default = V2c,
            Choices = [new(V1, "1"), new(V2c, "2c"), new(V3, "3 (with user and encryption)")],
        },
        new(CommunityKey, "Community", UpsFieldKind.Secret)
        {
            Hint = "public where nothing is entered. Commands need one that may write",
            NotWhere = ("version", V3),
        },
        new("userName", "User name") { OnlyWhere = ("version", V3) },
        new("authProtocol", "Authentication", UpsFieldKind.Choice)
        {
            Default = None,
            Choices =
            [
                new(None, "None"),
                new("md5", "MD5"),
                new("sha1", "SHA-1"),
                new("sha224", "SHA-224"),
                new("sha256", "SHA-256"),
                new("sha384", "SHA-384"),
                new("sha512", "SHA-512"),
            ],
            OnlyWhere = ("version", V3),
        },
        new(AuthPasswordKey, "Authentication password", UpsFieldKind.Secret) { OnlyWhere = ("version", V3) },
        new("privProtocol", "Privacy", UpsFieldKind.Choice)
        {
            Default = None,
            Choices =
            [
                new(None, "None"),
                new("des", "DES"),
                new("aes128", "AES-128"),
                new("aes192", "AES-192"),
                new("aes256", "AES-256"),
                new("aes192Reeder", "AES-192 (Cisco's key extension)"),
                new("aes256Reeder", "AES-256 (Cisco's key extension)"),
            ],
            OnlyWhere = ("version", V3),
        },
        new(PrivPasswordKey, "Privacy password", UpsFieldKind.Secret) { OnlyWhere = ("version", V3) },
        new("contextName", "Context") { Hint = "Empty for nearly all cards", OnlyWhere = ("version", V3) },
        new("mib", "MIB", UpsFieldKind.Choice)
        {
            Hint = "Automatic finds out which one the device speaks",
            Default = Auto,
            Choices = [new(Auto, "Automatic"), .. Dialects.All.Tables.Select(d => new UpsChoice(d.Id, d.Title))],
        },
    ];

    public string Host { get; init; } = "";
    public int Port { get; init; } = 161;

    /// <summary><c>v1</c>, <c>v2c</c> or <c>v3</c>.</summary>
    public string Version { get; init; } = V2c;
    public string? UserName { get; init; }
    public string AuthProtocol { get; init; } = None;
    public string PrivProtocol { get; init; } = None;
    public string? ContextName { get; init; }

    /// <summary>A dialect's id, or <see cref="Auto"/>.</summary>
    public string Mib { get; init; } = Auto;

    [JsonIgnore]
    public bool IsV3 => Version == V3;

    public static SnmpSettings From(JsonElement stored) =>
        stored.Deserialize<SnmpSettings>(Json.Options) ?? new SnmpSettings();

    /// <summary>Checks what a person entered.</summary>
    public static SnmpSettings Parse(JsonElement entered, FieldErrors errors)
    {
        var fields = new JsonFields(entered, Block, errors);
        var settings = new SnmpSettings
        {
            Host = fields.RequiredText("host", 255),
            Port = (int)(fields.Number("port", 1, 65535) ?? 161),
            Version = fields.Choice("version", V2c, [.. Versions.Keys]),
            UserName = fields.Text("userName", 32),
            AuthProtocol = fields.Choice("authProtocol", None, [.. Auths.Keys]),
            PrivProtocol = fields.Choice("privProtocol", None, [.. Privacies.Keys]),
            ContextName = fields.Text("contextName", 32),
            Mib = fields.Choice("mib", Auto, [Auto, .. Dialects.All.Tables.Select(d => d.Id)]),
        };
        if (settings.Host.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
            errors.Add(fields.Path("host"), "Must be a host name or an address.");
        settings.CheckUser(fields, errors);
        return settings;
    }

    private void CheckUser(JsonFields fields, FieldErrors errors)
    {
        if (!IsV3)
            return;
        if (UserName is null)
            errors.Add(fields.Path("userName"), "Is required.");
        if (PrivProtocol != None && AuthProtocol == None)
            errors.Add(fields.Path("privProtocol"), "Privacy needs an authentication.");
        foreach (var key in (string[])[AuthPasswordKey, PrivPasswordKey])
        {
            // RFC 3414, 11.2; agents take no shorter ones.
            if (
                fields.Find(key) is { ValueKind: JsonValueKind.String } password
                && password.GetString() is { Length: > 0 and < ShortestPassword }
            )
                errors.Add(fields.Path(key), "Must have 8 characters at least.");
        }
    }

    public SnmpEndpoint Endpoint(IReadOnlyDictionary<string, string> secrets) =>
        new(Host, Port)
        {
            Version = Versions[Version],
            Community = secrets.GetValueOrDefault($"{Block}.{CommunityKey}") ?? "public",
            UserName = UserName ?? "",
            Auth = Auths[AuthProtocol],
            AuthPassword = secrets.GetValueOrDefault($"{Block}.{AuthPasswordKey}"),
            Privacy = Privacies[PrivProtocol],
            PrivacyPassword = secrets.GetValueOrDefault($"{Block}.{PrivPasswordKey}"),
            ContextName = ContextName ?? "",
        };
}
