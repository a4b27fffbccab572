using System.Text.Json;
using System.Text.Json.Serialization;

namespace VmPowerManager.Core.Simulation;

/// <summary>Scenarios as JSON, and what makes one playable.</summary>
public static class ScenarioFile
{
    private const int MostTargets = 2000;
    private const int MostEvents = 5000;

    /// <summary>The longest hold and the longest absence.</summary>
    internal const double DaySeconds = 86_400;

    /// <summary>What is not known is refused: a misspelt expectation would never fail.</summary>
    private static readonly JsonSerializerOptions Strict = new(Json.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
    };
    private static readonly JsonSerializerOptions Indented = new(Json.Options)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <exception cref="InvalidInputException">It is no scenario, or one that cannot be played.</exception>
    public static Scenario Read(string json)
    {
        try
        {
            var scenario =
                JsonSerializer.Deserialize<Scenario>(json, Strict)
                ?? throw new InvalidInputException("", "This file holds no scenario.");
            Validate(scenario);
            return scenario;
        }
        catch (JsonException e)
        {
            throw JsonFaults.Explain(e);
        }
    }

    public static string Write(Scenario scenario) => JsonSerializer.Serialize(scenario, Indented);

    /// <exception cref="InvalidInputException">It cannot be played.</exception>
    public static void Validate(Scenario scenario)
    {
        var world = scenario.World;
        Demand(scenario.Format is >= 1 and <= Scenario.NewestFormat, "format", "is not one that this version reads.");
        Demand(scenario.Id.Length is > 0 and <= 100, "id", "has 1 to 100 characters.");
        Demand(scenario.EndsAt is > 0 and <= ScenarioRunner.MostSeconds, "endsAt", "is at most 12 hours.");
        Demand(
            world.Upses.Length + world.Hosts.Length + world.Guests.Length <= MostTargets,
            "world",
            $"has at most {MostTargets} UPSes, hosts and guests."
        );
        Demand(scenario.Events.Length <= MostEvents, "events", $"are at most {MostEvents}.");
        Names(world.Upses.Select(u => u.Name), "world.upses");
        Names(world.Hosts.Select(h => h.Name), "world.hosts");
        Names(world.Guests.Select(g => g.Name), "world.guests");
        foreach (var guest in world.Guests)
            Demand(
                world.Hosts.Any(h => h.Model.Id == guest.Model.HostId),
                "world.guests",
                $"{guest.Name}: there is no host {guest.Model.HostId}."
            );
        for (var i = 0; i < scenario.Events.Length; i++)
            Event(scenario.Events[i], world, $"events[{i}]");
    }

    private static void Event(ScenarioEvent what, ScenarioWorld world, string field)
    {
        Demand(what.At >= 0, field, "at: is 0 or more.");
        Demand(what.AwaySeconds is null or (>= 0 and <= DaySeconds), field, "awaySeconds: is 0 to 86400.");
        Demand(what.HoldSeconds is null or (>= 0 and <= DaySeconds), field, "holdSeconds: is 0 to 86400.");
        Demand(what.Ups is null || world.Upses.Any(u => u.Name == what.Ups), field, $"There is no UPS {what.Ups}.");
        foreach (var host in new[] { what.Host, what.To }.OfType<string>())
            Demand(world.Hosts.Any(h => h.Name == host), field, $"There is no host {host}.");
        Demand(
            what.Guest is null || world.Guests.Any(g => g.Name == what.Guest),
            field,
            $"There is no guest {what.Guest}."
        );
        Demand(
            what.Canary is null || world.Canaries.Any(c => c.Name == what.Canary),
            field,
            $"There is no canary {what.Canary}."
        );
        Demand(what.Ups is not null || what.Canary is not null || what.Does is not null, field, "does: is needed.");
        foreach (var word in what.Status?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [])
            Demand(word == "WAIT" || Enum.TryParse<Power.UpsStatus>(word, out _), field, $"There is no status {word}.");
    }

    private static void Names(IEnumerable<string> names, string field)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in names)
            Demand(name.Length > 0 && seen.Add(name), field, $"A name is empty or there twice: {name}.");
    }

    private static void Demand(bool holds, string field, string message)
    {
        if (!holds)
            throw new InvalidInputException(field, message);
    }
}
