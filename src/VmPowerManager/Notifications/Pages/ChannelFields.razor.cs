using Microsoft.AspNetCore.Components;

namespace VmPowerManager.Notifications.Pages;

/// <summary>Fields that a kind of channel declares.</summary>
public sealed partial class ChannelFields
{
    private const int MostItems = 50;
    private static readonly string[] ItemParts = ["", ".name", ".value"];

    [Parameter, EditorRequired]
    public INotificationChannel Kind { get; set; } = default!; // required

    [Parameter, EditorRequired]
    public ChannelDraft Draft { get; set; } = default!; // required

    /// <summary>What is wrong with a field, by its path in the API; null: nothing.</summary>
    [Parameter]
    public Func<string, string?> Problem { get; set; } = _ => null;

    /// <summary>A field has another value.</summary>
    [Parameter]
    public EventCallback OnChanged { get; set; }

    private string? Hint(ChannelField field) => field.Hint is null ? null : L[field.Hint].Value;

    private string? Kept(ChannelField field) =>
        Draft.Removed.Contains(field.Key) ? L["will be removed"].Value
        : Draft.Stored.Contains(field.Key) ? L["kept as it is"].Value
        : null;

    /// <summary>Messages about single items of a list stand under the list.</summary>
    private string? ItemProblem(ChannelField field) =>
        field.Kind is not (ChannelFieldKind.Lines or ChannelFieldKind.Pairs)
            ? null
            : Enumerable
                .Range(0, MostItems)
                .SelectMany(i => ItemParts.Select(part => Problem($"{Kind.Kind}.{field.Key}[{i}]{part}")))
                .FirstOrDefault(p => p is not null);

    private List<ChannelPair> PairsOf(ChannelField field)
    {
        if (!Draft.Pairs.TryGetValue(field.Key, out var pairs))
            Draft.Pairs[field.Key] = pairs = [];
        return pairs;
    }

    private Task RemovePair(ChannelField field, ChannelPair pair)
    {
        PairsOf(field).Remove(pair);
        return Said();
    }

    private Task Set(ChannelField field, string? value)
    {
        Draft.Values[field.Key] = value;
        return Said();
    }

    private Task Remove(ChannelField field, bool remove)
    {
        if (remove)
            Draft.Removed.Add(field.Key);
        else
            Draft.Removed.Remove(field.Key);
        return Set(field, null);
    }

    private Task Said() => OnChanged.InvokeAsync();
}
