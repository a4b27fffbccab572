using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using VmPowerManager.Core;
using VmPowerManager.Core.Plans;

namespace VmPowerManager.Plans;

/// <summary>Reads and writes a plan as API.md shows it: the definition with <c>id</c>, <c>revision</c> and <c>armed</c>.</summary>
internal static class PlanBody
{
    private static readonly string[] Answered = ["id", "revision", "armed", "appliesTo"];

    private static readonly string[] Known = ["upsIds", "phases"];

    /// <summary>A field that nobody reads would be a promise that nobody keeps: it is refused by name.</summary>
    private static readonly JsonSerializerOptions Strict = new(Json.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>The definition that a body asks for. With <paramref name="saved"/> a missing key keeps (API.md).</summary>
    /// <exception cref="InvalidInputException">A field is unknown, of the wrong type, or out of bounds.</exception>
    public static PlanDefinition Read(JsonObject body, PlanDefinition? saved)
    {
        var merged = saved is null ? [] : (JsonObject)JsonSerializer.SerializeToNode(saved, Json.Options)!; // a record is an object
        foreach (var (key, value) in body.Where(p => !Answered.Contains(p.Key, StringComparer.OrdinalIgnoreCase)))
        {
            // An empty wish is no wish: it asks for nothing that this version does not do.
            var empty = value is null || (value is JsonArray { Count: 0 } && !Known.Contains(key));
            if (!empty || key == "pointOfNoReturnPhase")
                merged[key] = value?.DeepClone();
        }
        var definition = Deserialize(merged);
        PlanValidation.Demand(definition);
        return definition;
    }

    /// <summary>A file for the editor, where what is out of bounds is shown and mended: only its shape must be right.</summary>
    /// <exception cref="InvalidInputException">A field is unknown or of the wrong type, or something is null that never is.</exception>
    public static PlanDefinition ReadLoosely(JsonObject body)
    {
        var plan = (JsonObject)body.DeepClone();
        foreach (var (key, value) in body)
        {
            if (value is null || Answered.Contains(key, StringComparer.OrdinalIgnoreCase))
                plan.Remove(key);
        }
        var definition = Deserialize(plan);
        PlanValidation.DemandNoGaps(definition);
        return definition with
        {
            Phases = [.. definition.Phases.Select(p => p with { Id = p.Id ?? "", Name = p.Name ?? "" })],
        };
    }

    private static PlanDefinition Deserialize(JsonObject body)
    {
        try
        {
            return body.Deserialize<PlanDefinition>(Strict) ?? new PlanDefinition();
        }
        catch (JsonException e)
        {
            throw JsonFaults.Explain(e);
        }
    }

    /// <summary>What a body says of arming; null when it says nothing.</summary>
    public static bool? Armed(JsonObject body) =>
        body["armed"] switch
        {
            null => null,
            JsonValue value when value.TryGetValue<bool>(out var armed) => armed,
            _ => throw new InvalidInputException("armed", "must be true or false."),
        };

    /// <summary>The revision that a change was made from; null when the body does not say.</summary>
    public static int? Revision(JsonObject body) =>
        body["revision"] switch
        {
            null => null,
            JsonValue value when value.TryGetValue<int>(out var revision) => revision,
            _ => throw new InvalidInputException("revision", "must be a whole number."),
        };

    public static JsonObject Write(PlanEntry plan)
    {
        var json = new JsonObject
        {
            ["id"] = plan.Id,
            ["revision"] = plan.Revision,
            ["armed"] = plan.Armed,
        };
        var definition = (JsonObject)
            JsonSerializer.SerializeToNode(HttpSecrets.Without(plan.Definition), Json.Options)!; // a record is an object
        foreach (var (key, value) in definition)
            json[key] = value?.DeepClone();
        return json;
    }
}
