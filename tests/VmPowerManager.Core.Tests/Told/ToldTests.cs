using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Simulation;
using VmPowerManager.Core.Tests.Engine;

namespace VmPowerManager.Core.Tests.Told;

/// <summary>What is really told, in random worlds and in all scenarios of the library, can be told in German (F9).</summary>
public sealed class ToldTests(ITestOutputHelper output)
{
    private static readonly Dictionary<string, string> German = new(
        XDocument
            .Load(Path.Combine(Here(), "../../../src/VmPowerManager/Components/Sentences.de.resx"))
            .Descendants("data")
            .Select(d => KeyValuePair.Create(d.Attribute("name")!.Value, d.Value)), // has a name
        StringComparer.OrdinalIgnoreCase
    );

    private readonly Dictionary<string, string> _told = new(StringComparer.Ordinal);

    [Fact]
    public void RandomWorlds_SayNothingThatIsNotGermanToo()
    {
        foreach (var seed in Enumerable.Range(1, 40))
        {
            var chaos = new Chaos(ChaosWorlds.Make(seed));
            try
            {
                chaos.Live();
            }
            catch (BrokenRuleException)
            {
                // ChaosTests tell of it; here it counts what was said until then.
            }
            Hear(chaos.World);
        }
        Demand(atLeast: 60);
    }

    [Fact]
    public void Library_SaysNothingThatIsNotGermanToo()
    {
        foreach (var scenario in ScenarioLibrary.All)
        {
            var report = ScenarioRunner.Run(scenario, CancellationToken.None);
            Hear(report.Timeline.Select(m => m.Text));
        }
        Demand(atLeast: 60);
    }

    private void Hear(VirtualWorld world)
    {
        Hear(world.Notices.Select(n => n.Text));
        Hear(world.Ended.SelectMany(r => new[] { r.Outcome, r.Because }));
        Hear(world.Ended.SelectMany(r => r.Steps).SelectMany(s => new[] { s.Evidence, s.Detail }));
        Hear([Explanation.Of(world.Model, world.State, world.Moment).Sentence]);
    }

    private void Hear(IEnumerable<Sentence?> sentences)
    {
        foreach (var sentence in sentences.OfType<Sentence>())
        {
            _told.TryAdd(sentence.Key, sentence.ToString());
            Hear(sentence.Arguments.OfType<Sentence>());
        }
    }

    private void Demand(int atLeast)
    {
        output.WriteLine(string.Join('\n', _told.Values.Order(StringComparer.Ordinal)));
        var words = _told.Where(t => Regex.IsMatch(Regex.Replace(t.Key, @"\{\d+\}", ""), @"\p{L}{2}")).ToList();
        Assert.True(words.Count >= atLeast, $"Only {words.Count} different sentences were told.");
        Assert.Empty(
            words.Where(t => !German.ContainsKey(t.Key) && !German.ContainsKey(t.Key + ".")).Select(t => t.Key)
        );
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!; // a file has a folder
}
