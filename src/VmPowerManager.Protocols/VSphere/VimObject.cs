namespace VmPowerManager.Protocols.VSphere;

/// <summary>A managed object with those of the properties asked for that it has and that we may read.</summary>
public sealed record VimObject(VimRef Ref, IReadOnlyDictionary<string, VimElement> Properties)
{
    /// <summary>The text of a simple property, or null.</summary>
    public string? Text(string path) =>
        Properties.TryGetValue(path, out var value) && value.Text.Length > 0 ? value.Text : null;

    public bool Flag(string path) => Text(path) is "true" or "1";

    public VimRef? Reference(string path) => Properties.TryGetValue(path, out var value) ? value.Reference : null;

    internal static VimObject? Of(VimElement told)
    {
        if (told["obj"]?.Reference is not { } at)
            return null;
        var properties = new Dictionary<string, VimElement>();
        foreach (var set in told.All("propSet"))
            if (set.TextOf("name") is { Length: > 0 } name && set["val"] is { } value)
                properties[name] = value;
        return new VimObject(at, properties);
    }
}
