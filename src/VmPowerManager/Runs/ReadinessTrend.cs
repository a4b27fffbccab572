namespace VmPowerManager.Runs;

/// <summary>Remembers how ready each plan was, and notices when it has become less so. Not for several threads.</summary>
internal sealed class ReadinessTrend
{
    /// <summary>A smaller step down is told with the next one.</summary>
    private const int Step = 5;
    private readonly Dictionary<int, ReadinessView> _known = [];
    private readonly HashSet<int> _lower = [];

    /// <summary>How it was before, when it is less ready now and was at the look before: what comes and goes is not told.
    /// Null: nothing to tell.</summary>
    public ReadinessView? Fell(int planId, ReadinessView now)
    {
        if (!_known.TryGetValue(planId, out var had) || now.Score > had.Score - Step)
        {
            _lower.Remove(planId);
            // Small steps add up: what was told last stays the measure.
            if (had is null || now.Score >= had.Score)
                _known[planId] = now;
            return null;
        }
        if (_lower.Add(planId))
            return null;
        _lower.Remove(planId);
        _known[planId] = now;
        return had;
    }

    public void KeepOnly(IEnumerable<int> planIds)
    {
        foreach (var gone in _known.Keys.Except(planIds).ToList())
        {
            _known.Remove(gone);
            _lower.Remove(gone);
        }
    }
}
