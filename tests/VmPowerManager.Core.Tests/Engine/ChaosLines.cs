using VmPowerManager.Core.Power;

namespace VmPowerManager.Core.Tests.Engine;

/// <summary>What the readings alone say of each line, worked out without the engine: OB that is not masked, confirmed when
/// it has lasted for 3 s (A4), over when on line for 10 s.</summary>
/// <param name="witnessed">Somebody may bear witness: one second, then (A9).</param>
/// <param name="served">Readings may go with a host that we stop: their silence is no news, and waited for by nobody (A10).</param>
internal sealed class ChaosLines(bool witnessed, bool served)
{
    private static readonly TimeSpan Alone = TimeSpan.FromSeconds(2.9);
    private static readonly TimeSpan Witnessed = TimeSpan.FromSeconds(0.9);
    private static readonly TimeSpan OutageEnd = TimeSpan.FromSeconds(10);

    /// <summary>Between two readings: longer is a break in what is seen.</summary>
    private static readonly TimeSpan Gap = TimeSpan.FromSeconds(4);
    private readonly TimeSpan _silence = TimeSpan.FromSeconds(served ? 1 : 5);
    private readonly Dictionary<int, Line> _lines = [];
    private readonly Dictionary<int, UpsReading> _last = [];
    private readonly Dictionary<int, TimeSpan> _onLineSince = [];

    private sealed record Line(TimeSpan Since, bool Confirmed, TimeSpan? BackSince, TimeSpan BackLast)
    {
        /// <summary>Mains that was seen for a moment, and then nothing, ends no outage (A4).</summary>
        public bool Counts(TimeSpan now, TimeSpan confirm, TimeSpan silence) =>
            BackSince is null
                ? Confirmed || now - Since >= confirm
                : now - BackLast >= silence && BackLast - BackSince < OutageEnd;
    }

    private TimeSpan Confirm => witnessed ? Witnessed : Alone;

    /// <summary>A4: OB has lasted, or the UPS says FSD.</summary>
    public bool AnyConfirmed(TimeSpan now) => _lines.Values.Any(l => l.Counts(now, Confirm, _silence)) || AnyForced;

    /// <summary>Whether an outage was seen at all, by a reading and not by silence (I7).</summary>
    public bool AnySeen => _lines.Count > 0 || AnyForced;

    /// <summary>All that says OB now is a self-test or a calibration (I9).</summary>
    public bool OnlyMasked => !AnySeen && _last.Values.Any(r => r.Status.HasFlag(UpsStatus.OB) && IsMasked(r));

    private bool AnyForced => _last.Values.Any(r => r.Status.HasFlag(UpsStatus.FSD));

    /// <summary>Every UPS has said on line for <paramref name="span"/>, and nothing else since.</summary>
    public bool AllBack(TimeSpan now, TimeSpan span, int upses) =>
        _onLineSince.Count == upses
        && _onLineSince.All(o => now - o.Value >= span && now - _last[o.Key].Taken < _silence)
        && !AnyForced;

    public TimeSpan? OnLineSince(int ups) => _onLineSince.TryGetValue(ups, out var since) ? since : null;

    public UpsReading? Last(int ups) => _last.GetValueOrDefault(ups);

    /// <summary>The process was away: time on line starts anew (A4, E3).</summary>
    public void Restarted()
    {
        _onLineSince.Clear();
        foreach (var (id, line) in _lines.Where(l => l.Value.BackSince is not null).ToList())
            _lines[id] = line with { BackSince = null };
    }

    /// <summary>Elapsed times begin anew (F6).</summary>
    public void Forget()
    {
        _lines.Clear();
        _last.Clear();
        _onLineSince.Clear();
    }

    public void Note(int id, UpsObservation what)
    {
        if (what.Reading is not { Status: not UpsStatus.None } reading)
            return;
        _last[id] = reading;
        var onLine = reading.Status.HasFlag(UpsStatus.OL) && !reading.Status.HasFlag(UpsStatus.OB);
        if (!onLine)
            _onLineSince.Remove(id);
        else
            _onLineSince.TryAdd(id, what.Taken);
        Follow(id, reading, what.Taken);
    }

    private void Follow(int id, UpsReading reading, TimeSpan now)
    {
        var line = _lines.GetValueOrDefault(id);
        var (onBattery, onLine) = (reading.Status.HasFlag(UpsStatus.OB), reading.Status.HasFlag(UpsStatus.OL));
        // A timer of the engine may have confirmed it at this very moment.
        var confirmed = line is not null && (line.Confirmed || now - line.Since >= Confirm);
        if (IsMasked(reading) || (!onBattery && !confirmed))
            _lines.Remove(id);
        else if (!onBattery && line is not null)
            // BYPASS and OFF are not mains: they end no outage (A3).
            _lines[id] = onLine
                ? line with
                {
                    Confirmed = true,
                    BackSince = now - line.BackLast < Gap ? line.BackSince ?? now : now,
                    BackLast = now,
                }
                : line;
        else if (line is null || line.BackLast - line.BackSince >= OutageEnd)
            _lines[id] = new Line(now, false, null, default);
        else
            _lines[id] = line with { BackSince = null, Confirmed = confirmed };
    }

    private static bool IsMasked(UpsReading reading) =>
        (reading.Status & (UpsStatus.CAL | UpsStatus.TEST)) != UpsStatus.None && reading.InputVoltage > 115;
}
