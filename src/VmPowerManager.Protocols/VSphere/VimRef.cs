namespace VmPowerManager.Protocols.VSphere;

/// <summary>A managed object by its type and its id (moId), which lasts as long as the object is registered.</summary>
public readonly record struct VimRef(string Type, string Id)
{
    /// <summary>Where every conversation begins.</summary>
    public static VimRef ServiceInstance { get; } = new("ServiceInstance", "ServiceInstance");

    public override string ToString() => $"{Type}:{Id}";
}
