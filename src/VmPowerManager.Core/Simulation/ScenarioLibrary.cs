using System.Collections.Immutable;

namespace VmPowerManager.Core.Simulation;

/// <summary>The scenarios that come with the program.</summary>
public static class ScenarioLibrary
{
    private const string Prefix = "VmPowerManager.Core.Simulation.Scenarios.";
    private static readonly Lazy<ImmutableArray<Scenario>> Loaded = new(Load);

    /// <summary>By title, in English.</summary>
    public static ImmutableArray<Scenario> All => Loaded.Value;

    private static ImmutableArray<Scenario> Load()
    {
        var assembly = typeof(ScenarioLibrary).Assembly;
        var files = assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal));
        return [.. files.Select(Read).OrderBy(s => s.Title.En, StringComparer.Ordinal)];

        Scenario Read(string name)
        {
            using var stream = assembly.GetManifestResourceStream(name)!; // It was just listed.
            using var reader = new StreamReader(stream);
            return ScenarioFile.Read(reader.ReadToEnd());
        }
    }
}
