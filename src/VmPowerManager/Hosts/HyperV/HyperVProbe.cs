using System.Globalization;
using System.Text.Json;
using VmPowerManager.Core;
using VmPowerManager.Protocols;
using static VmPowerManager.Hosts.HyperV.HyperVAnswer;

namespace VmPowerManager.Hosts.HyperV;

/// <summary>What a probe finds on the host once it is logged in.</summary>
internal static class HyperVProbe
{
    private const int MostNames = 5;
    private static readonly TimeSpan MostAstray = TimeSpan.FromSeconds(60);

    public static IReadOnlyList<HostCheck> Checks(PowerShellResult result, string? shutdownCommand, TimeProvider time)
    {
        var checks = new List<HostCheck>();
        HyperVAnswer answer;
        try
        {
            answer = Told(result);
        }
        catch (DeviceException e)
        {
            return [new(CheckNames.PowerShell, HostCheckState.Failed, Sentence.Verbatim(e.Message))];
        }
        if (answer.All("shell").FirstOrDefault() is not { ValueKind: JsonValueKind.Object } shell)
            return
            [
                new(
                    CheckNames.PowerShell,
                    HostCheckState.Failed,
                    Error(answer) is { } trouble ? Sentence.Verbatim(trouble) : Sentence.Of($"PowerShell told nothing.")
                ),
            ];
        checks.Add(new(CheckNames.PowerShell, HostCheckState.Ok, $"Windows PowerShell {Text(shell, "version")}"));
        checks.AddRange(OfMachines(answer, shell));
        checks.Add(Shutdown(shell, shutdownCommand));
        checks.AddRange(OfCluster(answer));
        checks.AddRange(OfClock(answer, time));
        return checks;
    }

    private static IEnumerable<HostCheck> OfMachines(HyperVAnswer answer, JsonElement shell)
    {
        if (!Truth(shell, "module"))
        {
            yield return new(
                CheckNames.HyperV,
                HostCheckState.Failed,
                $"The Hyper-V module for PowerShell is not installed: Install-WindowsFeature Hyper-V-PowerShell"
            );
            yield break;
        }
        if (Error(answer) is { } error)
        {
            yield return new(
                MayManage(shell) ? CheckNames.HyperV : CheckNames.Rights,
                HostCheckState.Failed,
                Sentence.Verbatim(error)
            );
            yield break;
        }
        var listing = HyperVListing.Of(answer);
        var count = Counted(listing.Machines.Count);
        yield return new(
            CheckNames.HyperV,
            HostCheckState.Ok,
            $"{count}, {listing.Machines.Count(Runs)} of them running"
        );
        yield return new(
            CheckNames.Rights,
            HostCheckState.Ok,
            Truth(shell, "hyperv")
                ? Sentence.Of($"a member of Hyper-V Administrators")
                : Sentence.Of($"a member of Administrators (Hyper-V Administrators would do)")
        );
        yield return Services(listing);
        yield return StopActions(listing);
    }

    private static HostCheck Services(HyperVListing listing)
    {
        var running = listing.Machines.Where(Runs).ToList();
        var absent = running.Where(m => m.Agent == AgentState.Absent).ToList();
        return absent.Count == 0
            ? new(CheckNames.Agents, HostCheckState.Ok, $"the shutdown service answers in all {running.Count} that run")
            : new(
                CheckNames.Agents,
                HostCheckState.Warning,
                $"the shutdown service is off or silent in {Names(absent)}: they can be saved or turned off, not shut down"
            );
    }

    /// <summary>What Windows itself does when the host goes down or comes up: the safety net, and a competitor.</summary>
    private static HostCheck StopActions(HyperVListing listing)
    {
        var cut = listing.Machines.Where(m => m.StopAction == "TurnOff").ToList();
        var starts = HyperVFacts.Starting(listing.Machines);
        var coming =
            starts.Count == 0
                ? Sentence.Of($"none starts with the host")
                : Sentence.Of($"with the host starts: {Named.Of([.. starts.Select(HyperVFacts.Start)], MostNames)}");
        return cut.Count > 0
            ? new(
                CheckNames.Automatic,
                HostCheckState.Warning,
                $"{Names(cut)} would be turned off, not shut down, if still running when the host goes; {coming}"
            )
            : new(CheckNames.Automatic, HostCheckState.Ok, $"none is turned off when the host goes down; {coming}");
    }

    private static HostCheck Shutdown(JsonElement shell, string? own)
    {
        var name = CheckNames.ShutdownCommand;
        if (own is not null)
            return new(name, HostCheckState.Warning, $"\"{own}\" cannot be checked without running it");
        if (!Truth(shell, "asked"))
            return new(name, HostCheckState.Warning, $"whoami does not tell the rights: {Text(shell, "words")}");
        return Truth(shell, "shutdown")
            ? new(name, HostCheckState.Ok, $"shutdown /s /f /t 0: this user has the right to shut the system down")
            : new(
                name,
                HostCheckState.Failed,
                $"This user lacks the right \"Shut down the system\" (SeShutdownPrivilege) in this logon"
            );
    }

    private static IEnumerable<HostCheck> OfCluster(HyperVAnswer answer)
    {
        if (answer.All("host").Select(HyperVHost.Of).FirstOrDefault() is not { } host)
            yield break;
        if (host.Cluster.Length > 0)
            yield return new(
                CheckNames.Cluster,
                HostCheckState.Warning,
                $"a node of failover cluster {host.ClusterName} with {Counted((int)host.Roles)} as roles: when a node shuts down the cluster moves what runs there to the others, and does not move it back; shut the guests of all nodes down before the first node"
            );
        else if (host.ClusterWords.Length > 0)
            yield return new(
                CheckNames.Cluster,
                HostCheckState.Warning,
                $"the tools of failover clusters are installed, but no cluster answers: {host.ClusterWords}"
            );
    }

    private static IEnumerable<HostCheck> OfClock(HyperVAnswer answer, TimeProvider time)
    {
        if (answer.All("clock").FirstOrDefault() is not { ValueKind: JsonValueKind.Object } clock)
            yield break;
        var astray = TimeSpan.FromTicks(Number(clock, "ticks") - time.GetUtcNow().Ticks);
        var seconds = Math.Abs(astray.TotalSeconds).ToString("0", CultureInfo.InvariantCulture);
        yield return astray.Duration() <= MostAstray
            ? new(CheckNames.Clock, HostCheckState.Ok, $"within {seconds} s of ours")
            : new(
                CheckNames.Clock,
                HostCheckState.Warning,
                astray > TimeSpan.Zero
                    ? Sentence.Of($"{seconds} s ahead of ours")
                    : Sentence.Of($"{seconds} s behind ours")
            );
    }

    private static bool MayManage(JsonElement shell) => Truth(shell, "hyperv") || Truth(shell, "admin");

    private static string? Error(HyperVAnswer answer) =>
        answer.All("error").Select(e => Text(e, "text")).FirstOrDefault();

    private static bool Runs(HyperVMachine machine) => machine.GuestState == GuestState.Running;

    private static Sentence Names(List<HyperVMachine> machines) =>
        Named.Of([.. machines.Select(m => m.Name)], MostNames);

    private static Sentence Counted(int count) =>
        count == 1 ? Sentence.Of($"{count} virtual machine") : Sentence.Of($"{count} virtual machines");
}
