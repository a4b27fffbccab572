namespace VmPowerManager.Ups;

/// <summary>One field of a driver's settings block, as a form asks for it. Texts are keys of the localised strings.</summary>
/// <param name="Key">Its name in the block: <c>host</c>.</param>
public sealed record UpsField(string Key, string Label, UpsFieldKind Kind = UpsFieldKind.Text)
{
    public string? Hint { get; init; }

    /// <summary>What is taken where nothing is entered.</summary>
    public string? Default { get; init; }
    public bool IsRequired { get; init; }

    /// <summary>For a choice, in order.</summary>
    public IReadOnlyList<UpsChoice> Choices { get; init; } = [];

    /// <summary>Asked for only while another field has this value.</summary>
    public (string Key, string Value)? OnlyWhere { get; init; }

    /// <summary>Not asked for while another field has this value.</summary>
    public (string Key, string Value)? NotWhere { get; init; }

    /// <summary>What is entered here is also a good name for the UPS.</summary>
    public bool SuggestsName { get; init; }
}

/// <param name="Value">As it is stored.</param>
public sealed record UpsChoice(string Value, string Label);

public enum UpsFieldKind
{
    Text,
    Number,
    Choice,

    /// <summary>Written, never shown.</summary>
    Secret,
}
