using System.Globalization;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Simulation;

/// <summary>The world as it was when a cycle opened.</summary>
public sealed partial class ScenarioRecorder
{
    private sealed partial class Tape
    {
        private static Scenario BeginOf(EngineStep step)
        {
            var (model, before) = (step.Model, step.Before);
            var stamp = step.At.Wall.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
            return new Scenario
            {
                Id = step.At.Wall.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture),
                Title = new BothWords { En = $"Outage of {stamp} UTC", De = $"Ausfall vom {stamp} UTC" },
                Story = new BothWords
                {
                    En = $"Recorded while \"{model.Definition.Name}\" lived through it.",
                    De = $"Aufgezeichnet, während „{model.Definition.Name}“ ihn durchlebte.",
                },
                Armed = model.Armed,
                Plan = HttpSecrets.Without(model.Definition),
                World = new ScenarioWorld
                {
                    Begins = step.At.Wall,
                    Upses = [.. model.Upses.Values.Select(p => UpsOf(p, before.Upses.GetValueOrDefault(p.UpsId)))],
                    Hosts = [.. model.Hosts.Values.Select(h => HostOf(h, before.Hosts.GetValueOrDefault(h.Id)))],
                    Guests = [.. GuestsOf(model, before)],
                },
            };
        }

        private static ScenarioUps UpsOf(UpsPolicy policy, UpsEvidence? seen) =>
            new()
            {
                Policy = policy,
                Status = StatusOf(seen?.Last),
                Reachable = seen?.Comm is not (null or Comm.Lost),
                Charge = seen?.Last?.BatteryChargePercent,
                Runtime = seen?.Last?.BatteryRuntimeSeconds,
                InputVoltage = seen?.Last?.InputVoltage,
                Load = seen?.Last?.LoadPercent,
            };

        private static string StatusOf(UpsReading? reading) =>
            reading is null or { Status: UpsStatus.None }
                ? "WAIT"
                : string.Join(
                    ' ',
                    Enum.GetValues<UpsStatus>().Where(f => f != UpsStatus.None && reading.Status.HasFlag(f))
                );

        /// <summary>It is up when its first answer is recorded: a boot of its own would only delay that.</summary>
        private static ScenarioHost HostOf(HostModel host, HostView? seen) =>
            new()
            {
                Model = host,
                BootSeconds = 0,
                Off = seen?.Answers == false,
                LockedOut = seen is { Answers: null, TriedAt: not null },
            };

        private static IEnumerable<ScenarioGuest> GuestsOf(PlanModel model, PlanState before)
        {
            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (key, seen) in before.Guests.Where(g => model.Hosts.ContainsKey(g.Value.HostId)))
            {
                var name = seen.Name;
                for (var i = 2; !names.Add(name); i++)
                    name = $"{seen.Name} ({i})";
                var guest = model.Guests.GetValueOrDefault(key) ?? ModelOf(seen);
                yield return new ScenarioGuest
                {
                    Model = guest with { Name = name, HostId = seen.HostId },
                    Power = seen.Power == PowerState.Unknown ? PowerState.Off : seen.Power,
                };
            }
        }

        private static GuestModel ModelOf(GuestView guest) =>
            new()
            {
                Realm = guest.Realm,
                ExternalId = guest.ExternalId,
                Id = guest.Id,
                Name = guest.Name,
                HostId = guest.HostId,
            };
    }
}
