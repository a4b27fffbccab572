using System.Text.RegularExpressions;

namespace VmPowerManager.Hosts.SelfHost;

/// <summary>What this process sees of the machine that it runs on. Missing pieces are null: reading the hardware id needs
/// root, and a container sees little of its host but for the boot id.</summary>
internal sealed partial record OwnMachine
{
    public string? BootId { get; init; }
    public string? MachineId { get; init; }
    public string? ProductUuid { get; init; }
    public IReadOnlyList<string> Macs { get; init; } = [];

    /// <summary><c>docker</c>, <c>podman</c>, <c>kubernetes</c>, <c>lxc</c>; null: in none, as far as one sees.</summary>
    public string? Container { get; init; }

    /// <summary>The first twelve digits, as tools list it.</summary>
    public string? ContainerId { get; init; }

    /// <param name="root">Where the file system begins: <c>/</c>.</param>
    public static OwnMachine Read(string root)
    {
        var id = ContainerPath().Match(Text(root, "proc/self/mountinfo") + Text(root, "proc/1/cgroup"));
        var kind = KindOf(root, id);
        return new OwnMachine
        {
            BootId = Line(root, "proc/sys/kernel/random/boot_id"),
            // Those of a container's image say nothing of the machine.
            MachineId = kind is null ? Line(root, "etc/machine-id") : null,
            ProductUuid = Line(root, "sys/class/dmi/id/product_uuid"),
            Macs = [.. MacsOf(root)],
            Container = kind,
            ContainerId = id.Success ? id.Groups["id"].Value[..12] : null,
        };
    }

    private static string? KindOf(string root, Match id) =>
        Text(root, "proc/1/environ") is { } environment
        && environment.Contains("container=lxc", StringComparison.Ordinal)
            ? "lxc"
        : File.Exists(Path.Combine(root, "run/.containerenv")) ? "podman"
        : Directory.Exists(Path.Combine(root, "var/run/secrets/kubernetes.io")) ? "kubernetes"
        : id.Success && File.Exists(Path.Combine(root, ".dockerenv")) ? "docker"
        : null;

    /// <summary>Of devices: bridges, and the ends of a container's cable, have addresses that other machines use as well.</summary>
    private static IEnumerable<string> MacsOf(string root)
    {
        var folder = Path.Combine(root, "sys/class/net");
        if (!Directory.Exists(folder))
            yield break;
        foreach (var card in Directory.EnumerateFileSystemEntries(folder))
        {
            if (Path.Exists(Path.Combine(card, "device")) && Line(card, "address") is { Length: 17 } mac)
                yield return mac.ToLowerInvariant();
        }
    }

    private static string? Line(string root, string path) =>
        Text(root, path)?.Trim() is { Length: > 0 } line ? line : null;

    private static string? Text(string root, string path)
    {
        try
        {
            return File.ReadAllText(Path.Combine(root, path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [GeneratedRegex(
        "/(?:docker|libpod|containers|overlay-containers|kubepods[^ /]*)[-/](?:[^ /]*/)*(?<id>[0-9a-f]{64})"
    )]
    private static partial Regex ContainerPath();
}
