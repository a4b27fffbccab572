using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace VmPowerManager.Notifications.Pages;

/// <summary>A name with a secret value, as entered.</summary>
public sealed class ChannelPair
{
    public string? Name { get; set; }
    public string? Value { get; set; }

    /// <summary>A value is stored: left empty, it is kept.</summary>
    public bool Stored { get; set; }
}

/// <summary>What a person has entered of a channel so far, as texts; makes the API's body of it.</summary>
public sealed class ChannelDraft
{
    public string? Name { get; set; }
    public string Kind { get; private set; } = "";
    public bool Enabled { get; set; } = true;
    public Dictionary<string, string?> Values { get; } = [];
    public Dictionary<string, List<ChannelPair>> Pairs { get; } = [];

    /// <summary>Secrets that are stored: left empty, they are kept.</summary>
    public HashSet<string> Stored { get; } = [];

    /// <summary>Stored secrets that are to be taken away.</summary>
    public HashSet<string> Removed { get; } = [];

    public void Choose(INotificationChannel kind)
    {
        Kind = kind.Kind;
        Values.Clear();
        Pairs.Clear();
        Stored.Clear();
        Removed.Clear();
        foreach (var field in kind.Fields.Where(f => f.Kind == ChannelFieldKind.Choice))
            Values[field.Key] = field.Default;
    }

    public static ChannelDraft Of(ChannelView channel, INotificationChannel kind)
    {
        var draft = new ChannelDraft { Name = channel.Name, Enabled = channel.Enabled };
        draft.Choose(kind);
        foreach (var field in kind.Fields)
            draft.Take(field, channel.Block);
        return draft;
    }

    /// <summary>As for a POST. A secret that nothing was entered for is left out.</summary>
    /// <param name="id">For a test by the secrets of a stored channel.</param>
    public JsonElement Body(INotificationChannel kind, int? id = null)
    {
        var block = new JsonObject();
        foreach (var field in kind.Fields)
            block[field.Key] = Node(field);
        var body = new JsonObject
        {
            ["name"] = Name,
            ["kind"] = Kind,
            ["enabled"] = Enabled,
            [Kind] = block,
        };
        if (id is { } known)
            body["id"] = known;
        return JsonSerializer.SerializeToElement(body);
    }

    private void Take(ChannelField field, JsonObject? block)
    {
        var value = block?[field.Key];
        switch (field.Kind)
        {
            case ChannelFieldKind.Secret:
                if ((bool?)block?[$"has{char.ToUpperInvariant(field.Key[0])}{field.Key[1..]}"] == true)
                    Stored.Add(field.Key);
                break;
            case ChannelFieldKind.Lines:
                Values[field.Key] = string.Join('\n', (value as JsonArray ?? []).Select(i => (string?)i));
                break;
            case ChannelFieldKind.Pairs:
                Pairs[field.Key] =
                [
                    .. (value as JsonArray ?? []).Select(i => new ChannelPair
                    {
                        Name = (string?)i?["name"],
                        Stored = (bool?)i?["hasValue"] == true,
                    }),
                ];
                break;
            default:
                Values[field.Key] = value?.ToString();
                break;
        }
    }

    private JsonNode? Node(ChannelField field)
    {
        var text = Values.GetValueOrDefault(field.Key);
        return field.Kind switch
        {
            ChannelFieldKind.Secret => Removed.Contains(field.Key) ? "" : Entered(text),
            ChannelFieldKind.Lines => new JsonArray([
                .. (text ?? "").Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0).Select(l => (JsonNode)l),
            ]),
            ChannelFieldKind.Pairs => new JsonArray([
                .. (Pairs.GetValueOrDefault(field.Key) ?? [])
                    .Where(p => !string.IsNullOrWhiteSpace(p.Name))
                    .Select(p => new JsonObject { ["name"] = p.Name?.Trim(), ["value"] = Entered(p.Value) }),
            ]),
            ChannelFieldKind.Number => Number(text) ?? Number(field.Default),
            _ => string.IsNullOrWhiteSpace(text) ? field.Default : text.Trim(),
        };
    }

    private static string? Entered(string? secret) => string.IsNullOrEmpty(secret) ? null : secret;

    /// <summary>What is no number goes as it is: the API says what is wrong with it.</summary>
    private static JsonNode? Number(string? text) =>
        string.IsNullOrWhiteSpace(text) ? null
        : int.TryParse(text.Trim(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number
        : text;
}
