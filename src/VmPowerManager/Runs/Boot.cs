namespace VmPowerManager.Runs;

/// <summary>Which boot of this machine we live in: the monotonic clock means the same within one only (F6).</summary>
public sealed class Boot
{
    private const string Source = "/proc/sys/kernel/random/boot_id";

    /// <summary>Random where the system does not say: every start then counts as a new boot, which is the careful guess.</summary>
    public string Id { get; init; } = File.Exists(Source) ? File.ReadAllText(Source).Trim() : Guid.NewGuid().ToString();
}
