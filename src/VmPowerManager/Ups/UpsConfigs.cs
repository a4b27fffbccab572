using System.Text.Json;
using VmPowerManager.Events;
using VmPowerManager.Storage;

namespace VmPowerManager.Ups;

/// <summary>From rows to what the loops use.</summary>
internal sealed class UpsConfigs(SecretBox box, EventLog events)
{
    public UpsConfig Of(UpsRow row)
    {
        var secrets = UpsSecrets.TryOpen(row, box);
        if (secrets is null)
            events.Append(
                new NewEvent(
                    "ups.secretsUnreadable",
                    Severity.Critical,
                    row.Label,
                    $"{row.Label}: its password cannot be decrypted with the keys of this data folder; enter it again."
                )
                {
                    UpsId = row.Id,
                }
            );
        return Of(row, secrets ?? new Dictionary<string, string>());
    }

    public static UpsConfig Of(UpsRow row, IReadOnlyDictionary<string, string> secrets)
    {
        using var settings = JsonDocument.Parse(row.Settings);
        var device = new UpsDevice(row.Id, row.Name, settings.RootElement.Clone(), secrets);
        return new UpsConfig(device, row.Driver, row.Policy()) { IsSimulated = row.SimulatedDevice is not null };
    }
}
