using System.Globalization;

namespace VmPowerManager.EndToEnd.LabPeers;

/// <summary>A power command as the target's stub received it, with the state of every guest at that moment.</summary>
public sealed record PowerCommand(
    DateTimeOffset At,
    string Name,
    string By,
    string Arguments,
    IReadOnlyDictionary<string, string> Guests
);

/// <summary>A virsh verb that acts, as the host received it, with the guest's state just before.</summary>
public sealed record GuestCommand(DateTimeOffset At, string Verb, string Guest, string StateBefore);

/// <summary>What the lab's machine was told over ssh, and how it behaves.</summary>
public sealed class Targets(Lab lab)
{
    public string PrivateKey => File.ReadAllText(Path.Combine(lab.Folder, "ssh", "id_ed25519"));

    public IReadOnlyList<PowerCommand> PowerCommands() =>
        [.. Lines("power").Select(w => new PowerCommand(UnixTime(w[0]), w[1], w[2], w[3], States(w[4])))];

    public PowerCommand? FirstPowerCommand() => PowerCommands() is [var first, ..] ? first : null;

    public IReadOnlyList<GuestCommand> GuestCommands() =>
        [.. Lines("virsh").Select(w => new GuestCommand(UnixTime(w[0]), w[1], w[2], w[3]))];

    /// <summary>Lines that plans' own commands wrote with <see cref="MarkCommand"/>.</summary>
    public IReadOnlyList<string> Marks() => [.. Lines("marks").Select(w => w[1])];

    /// <summary>A command for a plan's step that leaves a trace.</summary>
    public string MarkCommand(string word) =>
        $"printf '%s\\t%s\\n' \"$(date +%s.%N)\" {word} >> {Path.Combine(lab.Folder, "log", "marks")}";

    /// <summary>From now on each virsh verb takes that long before it has an effect; null: no delay.</summary>
    public void DelayVirsh(int? seconds) =>
        File.WriteAllText(Path.Combine(lab.Folder, "virsh-delay"), seconds is { } s ? $"{s}\n" : "");

    /// <summary>What the shutdown stub does after logging, as shell; null: nothing, exit 0.</summary>
    public void OnShutdown(string? shell) =>
        File.WriteAllText(Path.Combine(lab.Folder, "stub-action"), shell is null ? "" : shell + "\n");

    /// <summary>The same sshd with another host key.</summary>
    public async Task ChangeHostKeyAsync() => (await lab.ScriptAsync("ssh", "rekey")).Ok("ssh rekey");

    public void Reset()
    {
        DelayVirsh(null);
        OnShutdown(null);
        foreach (var log in new[] { "power", "virsh", "marks" })
            File.WriteAllText(Path.Combine(lab.Folder, "log", log), "");
    }

    /// <summary>As printed by <c>date +%s.%N</c>.</summary>
    public static DateTimeOffset UnixTime(string seconds) =>
        DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds((double)decimal.Parse(seconds, CultureInfo.InvariantCulture));

    private IEnumerable<string[]> Lines(string log) =>
        File.ReadAllLines(Path.Combine(lab.Folder, "log", log)).Select(l => l.Split('\t'));

    private static Dictionary<string, string> States(string listed) =>
        listed
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(p => p.Split('='))
            .ToDictionary(p => p[0], p => p[1].Replace('-', ' '));
}
