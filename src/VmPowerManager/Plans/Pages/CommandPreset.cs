namespace VmPowerManager.Plans.Pages;

/// <summary>A command that many need, to begin with: a line of a table.</summary>
/// <param name="Name">What <c>CommandForm</c> calls it by.</param>
/// <param name="Undo">Runs when all is over; null: there is nothing to undo.</param>
public sealed record CommandPreset(string Name, string Command, string? Undo, int TimeoutSeconds)
{
    private const string Containers = "/var/tmp/vhpm-containers";

    public static IReadOnlyList<CommandPreset> All { get; } =
    [
        // Stopped by hand they stay so over a boot, whatever their restart policy: the undoing starts them.
        new(
            "compose",
            "docker compose --project-directory /opt/stack stop --timeout 60",
            "docker compose --project-directory /opt/stack start",
            120
        ),
        new(
            "containers",
            $"docker ps --quiet >{Containers}; xargs -r docker stop --time 60 <{Containers}",
            $"xargs -r docker start <{Containers}",
            180
        ),
        new("sync", "sync", null, 60),
    ];
}
