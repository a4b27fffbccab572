using System.Text.Json;
using VmPowerManager.Core;
using VmPowerManager.Protocols.Nis;

namespace VmPowerManager.Ups.Apcupsd;

/// <summary>The block <c>apcupsd</c> of a UPS, as API.md writes it. There is nothing secret: anybody may read.</summary>
internal sealed record ApcupsdSettings
{
    public const string Block = "apcupsd";

    /// <summary>The block as a form.</summary>
    public static IReadOnlyList<UpsField> Fields { get; } =
    [
        new("host", "Server")
        {
            Hint = "Name or address of the machine that runs apcupsd. Its NISIP must be 0.0.0.0, not 127.0.0.1.",
            IsRequired = true,
            SuggestsName = true,
        },
        new("port", "Port", UpsFieldKind.Number) { Default = "3551" },
    ];

    public string Host { get; init; } = "";
    public int Port { get; init; } = NisEndpoint.UsualPort;

    public NisEndpoint Endpoint => new(Host, Port);

    public static ApcupsdSettings From(JsonElement stored) =>
        stored.Deserialize<ApcupsdSettings>(Json.Options) ?? new ApcupsdSettings();

    /// <summary>Checks what a person entered.</summary>
    public static ApcupsdSettings Parse(JsonElement entered, FieldErrors errors)
    {
        var fields = new JsonFields(entered, Block, errors);
        var settings = new ApcupsdSettings
        {
            Host = fields.RequiredText("host", 255),
            Port = (int)(fields.Number("port", 1, 65535) ?? NisEndpoint.UsualPort),
        };
        if (settings.Host.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
            errors.Add(fields.Path("host"), "Must be a host name or an address.");
        return settings;
    }
}
