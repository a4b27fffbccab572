using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using VmPowerManager.Core;

namespace VmPowerManager.Ups.Pages;

/// <summary>What a person has entered for a search; knows how to be the API's object.</summary>
public sealed class FindDraft
{
    /// <summary>A driver that can search, whether it shall, and where it asks.</summary>
    public sealed class Kind(string driver, string title, int usualPort)
    {
        public string Driver => driver;
        public string Title => title;
        public int UsualPort => usualPort;
        public bool Wanted { get; set; } = true;

        /// <summary>Numbers separated by commas; empty: the usual one.</summary>
        public string? Ports { get; set; }
    }

    public FindDraft(IEnumerable<Kind> kinds, string range, bool asksCommunity) =>
        (Kinds, Range, AsksCommunity) = ([.. kinds], range, asksCommunity);

    public string? Range { get; set; }
    public IReadOnlyList<Kind> Kinds { get; }

    /// <summary>One of the kinds needs a community.</summary>
    public bool AsksCommunity { get; }

    /// <summary>Separated by commas; empty: <c>public</c>.</summary>
    public string? Communities { get; set; }

    internal static FindDraft Of(UpsDrivers drivers, string range)
    {
        var able = drivers.Ids.Select(drivers.Get).OfType<IUpsDiscovery>().ToList();
        return new FindDraft(
            able.Select(d => ((IUpsDriver)d, d.UsualPort))
                .Select(d => new Kind(d.Item1.Id, d.Item1.Traits.Title, d.UsualPort)),
            range,
            able.Any(d => d.AsksCommunity)
        );
    }

    /// <summary>What the API takes. What is no number goes as text, so that the check names the field.</summary>
    public JsonElement Body()
    {
        var ports = new JsonObject();
        foreach (var kind in Kinds.Where(k => k.Wanted && Parts(k.Ports).Length > 0))
            ports[kind.Driver] = new JsonArray([.. Parts(kind.Ports).Select(Port)]);
        var body = new JsonObject
        {
            ["range"] = Range,
            ["drivers"] = new JsonArray([.. Kinds.Where(k => k.Wanted).Select(k => JsonValue.Create(k.Driver))]),
            ["ports"] = ports,
        };
        if (Parts(Communities).Length > 0)
            body["communities"] = new JsonArray([.. Parts(Communities).Select(c => JsonValue.Create(c))]);
        return JsonSerializer.SerializeToElement(body, Json.Options);
    }

    private static JsonValue Port(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? JsonValue.Create(port)
            : JsonValue.Create(text);

    private static string[] Parts(string? text) =>
        (text ?? "").Split([',', ' ', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
