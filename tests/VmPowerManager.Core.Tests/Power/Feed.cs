using System.Globalization;
using VmPowerManager.Core.Power;
using VmPowerManager.Core.Tests.Engine;

namespace VmPowerManager.Core.Tests.Power;

/// <summary>Plays a short script of polls to one UPS. A poll is "second status [name=value ...]": <c>3 OB LB charge=40
/// runtime=900 volts=0 load=20 watts=300 low=120</c>; <c>x</c> is a poll without an answer, <c>stale</c> one whose server
/// says that its data are stale, <c>tick</c> time alone.</summary>
internal static class Feed
{
    public static readonly UpsPolicy Policy = new() { UpsId = 1, Name = "ups1" };

    public static UpsEvidence Play(params string[] polls) => Play(Policy, polls);

    public static UpsEvidence Play(UpsPolicy policy, params string[] polls) => Go(UpsEvidence.Unseen(policy), polls);

    public static UpsEvidence Go(this UpsEvidence ups, params string[] polls)
    {
        foreach (var poll in polls.SelectMany(p => p.Split(", ")))
            ups = Poll(ups, poll);
        return ups;
    }

    public static TimeSpan S(double seconds) => TimeSpan.FromSeconds(seconds);

    private static UpsEvidence Poll(UpsEvidence ups, string poll)
    {
        var words = poll.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var at = S(double.Parse(words[0], CultureInfo.InvariantCulture));
        var values = words.Where(w => w.Contains('=')).Select(w => w.Split('=')).ToDictionary(v => v[0], v => v[1]);
        double? Value(string name) =>
            values.TryGetValue(name, out var text) ? double.Parse(text, CultureInfo.InvariantCulture) : null;
        var status = string.Join(' ', words.Skip(1).Where(w => !w.Contains('=')));
        if (status == "tick")
            return ups.Tick(at);
        if (status is "x" or "stale")
        {
            var kind = status == "x" ? CommFaultKind.Unreachable : CommFaultKind.Stale;
            return ups.Observe(new UpsObservation(1, at, null, new CommFault(kind, status)));
        }
        var reading = Readings.Of(status, at) with
        {
            BatteryChargePercent = Value("charge"),
            BatteryRuntimeSeconds = Value("runtime"),
            BatteryRuntimeLowSeconds = Value("low"),
            InputVoltage = Value("volts"),
            LoadPercent = Value("load"),
            RealPower = Value("watts"),
        };
        return ups.Observe(new UpsObservation(1, at, reading, null));
    }
}
