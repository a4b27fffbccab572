namespace VmPowerManager.Protocols.Proxmox;

/// <summary>A task's name: <c>UPID:node:pid:pstart:starttime:type:id:user:</c>.</summary>
public sealed record ProxmoxUpid
{
    private const int MostLetters = 512;

    private ProxmoxUpid(string text, string[] parts) => (Text, Node, Type, Id) = (text, parts[1], parts[5], parts[6]);

    public string Text { get; }

    /// <summary>Where the task runs.</summary>
    public string Node { get; }

    /// <summary><c>qmshutdown</c>, <c>hastop</c> ...</summary>
    public string Type { get; }

    /// <summary>The guest, mostly.</summary>
    public string Id { get; }

    /// <summary>As a part of a path: its colons, and what a user's name may hold, are encoded.</summary>
    public string InPath => Uri.EscapeDataString(Text);

    /// <exception cref="DeviceException">ProtocolError: not the name of a task.</exception>
    public static ProxmoxUpid Parse(string? text)
    {
        var parts = text is { Length: <= MostLetters } ? text.Split(':') : [];
        return parts is ["UPID", { Length: > 0 }, _, _, _, { Length: > 0 }, _, ..] && parts.Length >= 8
            ? new ProxmoxUpid(text!, parts) // not null: it has parts
            : throw new DeviceException(DeviceFault.ProtocolError, "The answer names no task.");
    }

    public override string ToString() => Text;
}

/// <summary>How far a task is.</summary>
/// <param name="Running">It goes on.</param>
/// <param name="Exit"><c>OK</c>, <c>WARNINGS: n</c>, or why it failed; null while it runs.</param>
public sealed record ProxmoxTask(bool Running, string? Exit)
{
    public bool Succeeded =>
        !Running && (Exit == "OK" || Exit?.StartsWith("WARNINGS", StringComparison.Ordinal) == true);
}
