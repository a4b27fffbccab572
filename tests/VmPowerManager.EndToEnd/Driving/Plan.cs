using System.Text.Json.Nodes;

namespace VmPowerManager.EndToEnd.Driving;

/// <summary>Bodies of plans, quick enough for tests: mains back after 2 s, stable after 2 s, no charge gate.</summary>
public static class Plan
{
    public static JsonObject Body(string name, int[] upsIds, params JsonObject[] phases) =>
        new()
        {
            ["name"] = name,
            ["armed"] = true,
            ["upsIds"] = new JsonArray([.. upsIds.Select(id => JsonValue.Create(id))]),
            ["minSupplies"] = 1,
            ["onBatteryDelaySeconds"] = 0,
            ["returnConfirmSeconds"] = 2,
            ["phases"] = new JsonArray([.. phases]),
            ["startup"] = new JsonObject
            {
                ["mirror"] = true,
                ["stableMainsSeconds"] = 2,
                ["minChargePercent"] = 0,
                ["minRuntimeSeconds"] = 0,
                ["unknownChargeWaitSeconds"] = 5,
                ["maxWaitSeconds"] = null,
                ["phases"] = new JsonArray(),
            },
        };

    /// <param name="onBatteryForSeconds">Null: at low battery only.</param>
    public static JsonObject Phase(string id, int? onBatteryForSeconds, params JsonObject[] steps) =>
        new()
        {
            ["id"] = id,
            ["name"] = id,
            ["parallel"] = true,
            ["delayBetweenStepsSeconds"] = 0,
            ["trigger"] = new JsonObject { ["onBatteryForSeconds"] = onBatteryForSeconds, ["lowBattery"] = true },
            ["steps"] = new JsonArray([.. steps]),
        };

    public static JsonObject Guest(int id, int timeoutSeconds = 30, string onTimeout = "forceOff") =>
        Step("guestId", id, "shutdown", timeoutSeconds, onTimeout);

    public static JsonObject Host(int id, int timeoutSeconds = 5) =>
        Step("hostId", id, "shutdown", timeoutSeconds, "giveUp");

    public static JsonObject Command(int hostId, string command)
    {
        var step = Step("hostId", hostId, "command", 10, "giveUp");
        step["command"] = command;
        return step;
    }

    private static JsonObject Step(string kind, int id, string action, int timeoutSeconds, string onTimeout) =>
        new()
        {
            ["target"] = new JsonObject { [kind] = id },
            ["action"] = action,
            ["timeoutSeconds"] = timeoutSeconds,
            ["onTimeout"] = onTimeout,
        };
}
