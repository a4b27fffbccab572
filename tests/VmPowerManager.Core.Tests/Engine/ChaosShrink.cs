using System.Collections.Immutable;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>Makes a failing world smaller: leaves out events, guests, hosts and UPSes for as long as it still breaks the
/// same rule (delta debugging).</summary>
internal static class ChaosShrink
{
    private const int MostTries = 2000;

    /// <summary>The smallest world found, what happens in it, and its trace, for people.</summary>
    public static string Story(ChaosScript script)
    {
        var small = Shrink(script, Chaos.Fault);
        var chaos = new Chaos(small, traced: true);
        List<string> story = [$"Smallest world of seed {script.Seed}:"];
        foreach (var host in small.Hosts)
            story.Add(
                $"  {host.Model.Name} {host.Model.Rank}, stops in {host.StopSeconds} s, witness {host.Model.HasWitness}, {host.Model.MinSupplies} of {string.Join(", ", host.Model.Supplies)}"
            );
        foreach (var phase in small.Plan.Phases)
            story.Add(
                $"  {phase.Name}: {phase.Trigger}, parallel {phase.Parallel}: {string.Join(", ", phase.Steps.Select(s => $"{s.Target} {s.TimeoutSeconds} s {s.OnTimeout}"))}"
            );
        foreach (var guest in small.Guests)
            story.Add($"  {guest}");
        foreach (var happens in small.Events)
            story.Add($"  {happens.At:0} s: {happens.Act}");
        try
        {
            chaos.Live();
        }
        catch (Exception e)
        {
            story.Add(e.ToString());
        }
        story.Add("Trace:");
        foreach (var line in chaos.Rules.Trace.TakeLast(200))
            story.Add($"  {line}");
        return string.Join('\n', story);
    }

    /// <summary>The smallest script found with the same fault as <paramref name="script"/>.</summary>
    public static ChaosScript Shrink(ChaosScript script, Func<ChaosScript, Exception?> fault)
    {
        if (fault(script) is not { } first)
            return script;
        var tries = 0;
        bool Fails(ChaosScript smaller) => ++tries <= MostTries && IsSame(first, fault(smaller));
        for (var before = 0; before != SizeOf(script); )
        {
            before = SizeOf(script);
            script = Less(script, s => s.Events, (s, events) => s with { Events = events }, 0, Fails);
            script = Less(script, s => s.Guests, (s, guests) => s with { Guests = guests }, 0, Fails);
            script = Less(script, s => s.Hosts, WithHosts, 1, Fails);
            script = Less(script, s => s.Upses, (s, upses) => s with { Upses = upses }, 1, Fails);
            script = Less(
                script,
                s => s.Plan.Phases,
                (s, phases) => s with { Plan = s.Plan with { Phases = phases } },
                1,
                Fails
            );
        }
        return script;
    }

    private static int SizeOf(ChaosScript s) =>
        s.Events.Length + s.Guests.Length + s.Hosts.Length + s.Upses.Length + s.Plan.Phases.Length;

    private static ChaosScript WithHosts(ChaosScript script, ImmutableArray<HostSpec> hosts) =>
        script with
        {
            Hosts = hosts,
            Guests = [.. script.Guests.Where(g => hosts.Any(h => h.Id == g.HostId))],
        };

    private static bool IsSame(Exception first, Exception? other) =>
        first is BrokenRuleException rule
            ? other is BrokenRuleException same && same.Rule == rule.Rule
            : other is not null && other.GetType() == first.GetType();

    /// <summary>Tries without ever smaller chunks of a list, from the end.</summary>
    private static ChaosScript Less<T>(
        ChaosScript script,
        Func<ChaosScript, ImmutableArray<T>> of,
        Func<ChaosScript, ImmutableArray<T>, ChaosScript> with,
        int least,
        Func<ChaosScript, bool> fails
    )
    {
        for (var chunk = Math.Max(1, of(script).Length / 2); ; chunk /= 2)
        {
            for (var from = of(script).Length - chunk; from > -chunk; from -= chunk)
            {
                var all = of(script);
                var (begin, end) = (Math.Max(0, from), Math.Min(all.Length, from + chunk));
                if (end <= begin || all.Length - (end - begin) < least)
                    continue;
                var smaller = with(script, all.RemoveRange(begin, end - begin));
                if (fails(smaller))
                    script = smaller;
            }
            if (chunk == 1)
                return script;
        }
    }
}
