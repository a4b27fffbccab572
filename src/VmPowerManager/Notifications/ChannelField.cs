namespace VmPowerManager.Notifications;

/// <summary>One field of a channel's settings block, as a form asks for it. Texts are keys of the localised strings.</summary>
/// <param name="Key">Its name in the block: <c>host</c>.</param>
public sealed record ChannelField(string Key, string Label, ChannelFieldKind Kind = ChannelFieldKind.Text)
{
    public string? Hint { get; init; }

    /// <summary>What is taken where nothing is entered.</summary>
    public string? Default { get; init; }
    public bool IsRequired { get; init; }

    /// <summary>For a choice, in order: as it is stored, and what it is called.</summary>
    public IReadOnlyList<(string Value, string Label)> Choices { get; init; } = [];
}

/// <summary>How a field is entered.</summary>
public enum ChannelFieldKind
{
    Text,
    Number,
    Choice,

    /// <summary>Written, never shown.</summary>
    Secret,

    /// <summary>A list of texts, one a line.</summary>
    Lines,

    /// <summary>A list of names, each with a secret value: <c>[{"name", "value"}]</c>.</summary>
    Pairs,
}
