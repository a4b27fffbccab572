namespace VmPowerManager.Protocols.VSphere;

/// <summary>An element of an answer.</summary>
/// <param name="Space">Its namespace.</param>
/// <param name="Type">The local part of its <c>xsi:type</c>, or null.</param>
/// <param name="RefType">Its attribute <c>type</c>, which references carry, or null.</param>
/// <param name="Text">Its text, when it holds no elements.</param>
public sealed record VimElement(
    string Space,
    string Name,
    string? Type,
    string? RefType,
    string Text,
    IReadOnlyList<VimElement> Children
)
{
    /// <summary>The first child of that name.</summary>
    public VimElement? this[string name] => Children.FirstOrDefault(c => c.Name == name);

    /// <summary>The text of the first child of that name, or null.</summary>
    public string? TextOf(string name) => this[name]?.Text;

    public IEnumerable<VimElement> All(string name) => Children.Where(c => c.Name == name);

    /// <summary>What it points to; null for anything but a reference.</summary>
    public VimRef? Reference => RefType is { Length: > 0 } type && Text.Length > 0 ? new VimRef(type, Text) : null;
}
