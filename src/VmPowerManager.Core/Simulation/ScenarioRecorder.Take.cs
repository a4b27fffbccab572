using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Simulation;

/// <summary>What was told, as events of a scenario.</summary>
public sealed partial class ScenarioRecorder
{
    private sealed partial class Tape
    {
        private readonly Dictionary<int, UpsReading?> _readings = [];

        private void TakeModel(double at, EngineStep step)
        {
            if (_model is { } was && was.Armed != step.Model.Armed)
                Happens(at, new ScenarioEvent { Does = step.Model.Armed ? ScenarioAct.Arms : ScenarioAct.Disarms });
            if (_model is { } old && old.Revision != step.Model.Revision)
                Happens(
                    at,
                    new ScenarioEvent { Does = ScenarioAct.Edits, Plan = HttpSecrets.Without(step.Model.Definition) }
                );
            _model = step.Model;
        }

        private void TakeTold(double at, EngineStep step)
        {
            switch (step.Told)
            {
                case UpsObserved ups:
                    TakeReading(at, ups.What);
                    break;
                case HostAnswered answer:
                    TakeHost(at, answer.HostId, up: true, locked: false, step);
                    TakeGuests(at, answer.HostId, step);
                    break;
                case HostMissed miss:
                    TakeHost(at, miss.HostId, up: !miss.Silent, locked: !miss.Silent, step);
                    break;
                case EffectEnded { Ok: false } end:
                    TakeRefusal(at, end, step);
                    break;
                default:
                    if (PersonDid(step) is { } did)
                        Happens(at, did);
                    break;
            }
        }

        private void TakeReading(double at, UpsObservation what)
        {
            if (_begin.World.Upses.FirstOrDefault(u => u.Policy.UpsId == what.UpsId) is not { } ups)
                return;
            var known = _readings.TryGetValue(what.UpsId, out var last);
            if (!known && what.Reading is not null)
                last = FirstOf(ups, what.Reading);
            var reachable = what.Reading is not null;
            var was = known ? last is not null : ups.Reachable;
            if (reachable == was && (what.Reading is not { } now || last is not { } before || !Differs(before, now)))
                return;
            _readings[what.UpsId] = what.Reading;
            Happens(at, EventOf(ups.Name, last, what.Reading, reachable == was ? null : reachable));
        }

        /// <summary>The reading with which the scenario begins.</summary>
        private static UpsReading FirstOf(ScenarioUps ups, UpsReading like) =>
            like with
            {
                Status = VirtualReadings.Of(ups.Status, TimeSpan.Zero).Status,
                BatteryChargePercent = ups.Charge,
                BatteryRuntimeSeconds = ups.Runtime,
                InputVoltage = ups.InputVoltage,
                LoadPercent = ups.Load,
            };

        /// <summary>What has changed since <paramref name="last"/>.</summary>
        private static ScenarioEvent EventOf(string ups, UpsReading? last, UpsReading? now, bool? reachable)
        {
            if (now is null)
                return new ScenarioEvent { Ups = ups, Reachable = reachable };
            var gone = new List<string>();
            var status = StatusOf(now);
            return new ScenarioEvent
            {
                Ups = ups,
                Reachable = reachable,
                Status = last is not null && StatusOf(last) == status ? null : status,
                Charge = Changed("charge", last?.BatteryChargePercent, now.BatteryChargePercent),
                Runtime = Changed("runtime", last?.BatteryRuntimeSeconds, now.BatteryRuntimeSeconds),
                InputVoltage = Changed("inputVoltage", last?.InputVoltage, now.InputVoltage),
                Load = Changed("load", last?.LoadPercent, now.LoadPercent),
                Unknown = gone.Count == 0 ? default : [.. gone],
            };

            double? Changed(string name, double? before, double? value)
            {
                if (value is null && (before is not null || last is null))
                    gone.Add(name);
                return value is { } v && value != before ? Math.Round(v, 1) : null;
            }
        }

        /// <summary>The newest step of a run on this target, asked for by now.</summary>
        private static StepState? AskedStep(EngineStep step, string key, bool down) =>
            step.Before.Run is { } run && run.Kind == RunKind.Shutdown == down
                ? run.Steps.LastOrDefault(s => s.AskedAt is not null && s.Target.Key == key)
                : null;

        private bool Differs(UpsReading a, UpsReading b)
        {
            if (a.Status != b.Status)
                return true;
            // A full battery may be waited for: its last steps count, however small.
            var fine = b.BatteryChargePercent >= 95 ? 0.2 : 1;
            return _events.Count < ManyEvents
                && (
                    Far(a.BatteryChargePercent, b.BatteryChargePercent, fine)
                    || Far(a.BatteryRuntimeSeconds, b.BatteryRuntimeSeconds, 30)
                    || Far(a.InputVoltage, b.InputVoltage, 20)
                    || Far(a.LoadPercent, b.LoadPercent, 5)
                );
        }

        private static bool Far(double? a, double? b, double band) =>
            (a is null) != (b is null) || Math.Abs(a.GetValueOrDefault() - b.GetValueOrDefault()) >= band;

        private void TakeHost(double at, int hostId, bool up, bool locked, EngineStep step)
        {
            if (!_hosts.TryGetValue(hostId, out var host))
                return;
            var before = step.Before.Hosts.GetValueOrDefault(hostId);
            var known = before?.TriedAt is not null;
            var wasUp = known ? before?.Answers != false : !host.Off;
            var wasLocked = known ? before?.Answers is null : host.LockedOut;
            if (up && wasUp && locked != wasLocked)
                Happens(at, On(host, locked ? ScenarioAct.LocksOut : ScenarioAct.LetsIn));
            if (up == wasUp)
                return;
            Becomes(at, host.Name, up ? PowerState.Running : PowerState.Off, hard: false);
            var asked = AskedStep(step, TargetRef.HostKey(hostId), down: true);
            if (up)
                Happens(at, On(host, ScenarioAct.PowersOn));
            else if (asked?.AcceptedAt is { } accepted)
                _hosts[hostId] = host with { StopSeconds = Math.Round((step.At.Elapsed - accepted).TotalSeconds, 1) };
            else
                Dies(at, host, step);
        }

        private void Dies(double at, ScenarioHost host, EngineStep step)
        {
            Happens(at, On(host, ScenarioAct.Dies));
            foreach (var (key, guest) in step.Before.Guests.Where(g => g.Value.HostId == host.Model.Id))
            {
                if (guest.Power == PowerState.Running && _guests.TryGetValue(key, out var known))
                    Becomes(at, known.Name, PowerState.Off, hard: true);
            }
        }

        private static ScenarioEvent On(ScenarioHost host, ScenarioAct does) => new() { Host = host.Name, Does = does };

        private void TakeGuests(double at, int hostId, EngineStep step)
        {
            foreach (var (key, now) in step.After.Guests.Where(g => g.Value.HostId == hostId))
            {
                if (
                    !_guests.TryGetValue(key, out var guest) || step.Before.Guests.GetValueOrDefault(key) is not { } was
                )
                    continue;
                if (
                    was.HostId != now.HostId
                    && now.Power == PowerState.Running
                    && _hosts.TryGetValue(now.HostId, out var to)
                )
                    Happens(
                        at,
                        new ScenarioEvent
                        {
                            Guest = guest.Name,
                            Does = ScenarioAct.Moves,
                            To = to.Name,
                        }
                    );
                if (was.Power == now.Power || PowerState.Unknown == now.Power)
                    continue;
                Becomes(at, guest.Name, now.Power, hard: false);
                TakePower(at, key, guest, now.Power, step);
            }
        }

        private void TakePower(double at, string key, ScenarioGuest guest, PowerState power, EngineStep step)
        {
            var running = power == PowerState.Running;
            var asked = AskedStep(step, key, down: !running);
            var host = step.Before.Hosts.GetValueOrDefault(guest.Model.HostId);
            if (asked is null && (running || host?.Answers == true) && _known.Contains(key))
                Happens(
                    at,
                    new ScenarioEvent { Guest = guest.Name, Does = running ? ScenarioAct.Starts : ScenarioAct.Stops }
                );
            else if (asked is { BeganAt: { } began, Terminal: false } && !running)
                _guests[key] = guest with
                {
                    StopSeconds = asked.Rung > 0 ? null : Math.Round((step.At.Elapsed - began).TotalSeconds, 1),
                };
            _known.Add(key);
        }

        /// <summary>Guests that were seen since the process began: of others no change is known.</summary>
        private readonly HashSet<string> _known = new(StringComparer.Ordinal);

        private void TakeRefusal(double at, EffectEnded end, EngineStep step)
        {
            if (step.Before.Run?.Steps.FirstOrDefault(s => s.Effect == end.EffectId) is not { } refused)
                return;
            Add(
                new ScenarioMoment
                {
                    At = at,
                    Kind = ScenarioMomentKind.Refuses,
                    Level = NoticeLevel.Warning,
                    Target = refused.Target.Name,
                    Action = refused.Action,
                    Text = end.Words is null ? null : Sentence.Verbatim(end.Words),
                }
            );
            if (
                step.Before.Run.Kind != RunKind.Shutdown
                || step.Before.Hosts.GetValueOrDefault(refused.Target.HostId)?.Answers != true
            )
                return;
            if (refused.Target.Kind == TargetKind.Guest && _guests.TryGetValue(refused.Target.Key, out var guest))
                _guests[refused.Target.Key] = guest with { Refusals = guest.Refusals + 1 };
            else if (refused.Target.Kind == TargetKind.Host && _hosts.TryGetValue(refused.Target.HostId, out var host))
                _hosts[refused.Target.HostId] = host with { Refuses = true };
        }
    }
}
