namespace VmPowerManager.Core.Engine;

/// <summary>A run at a set time: "electrician on Tuesday 09:00" (F5). Of an armed plan only: a dry one says that it will
/// not happen (F1). Mains neither cancels it nor starts anything; a real outage takes over.</summary>
internal sealed partial class Turn
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);
    private static readonly TimeSpan LatestBegin = TimeSpan.FromMinutes(5);
    private const string PlannedKey = "planned:";

    private static readonly (TimeSpan Before, string Words)[] Announcements =
    [
        (TimeSpan.FromMinutes(10), "10 min"),
        (TimeSpan.FromHours(1), "1 h"),
    ];

    /// <summary>The planned time that is still to be dealt with.</summary>
    private DateTimeOffset? PlannedAt =>
        configured.Definition.Schedule?.PlannedAt is { } at && at != _state.PlannedDone ? at : null;

    public void KeepPlanned()
    {
        WantPlannedStart();
        if (PlannedAt is not { } at)
        {
            ForgetAnnouncements(null);
            return;
        }
        ForgetAnnouncements(at);
        if (now.Wall < at)
            Announce(at);
        else if (now.Wall - at > LatestBegin)
            Missed(at, Hindrance() ?? Sentence.Of($"it was due more than five minutes ago"));
        else if (Hindrance() is null)
            BeginPlanned(at);
    }

    private void Announce(DateTimeOffset at)
    {
        var (before, words) = Announcements.FirstOrDefault(a => at - now.Wall <= a.Before);
        if (words is null || _state.Told.Contains($"{PlannedKey}{at.UtcTicks}:{before.TotalMinutes}"))
            return;
        // Only the nearest one: a schedule set half an hour ahead is not told twice in a moment.
        foreach (var (earlier, _) in Announcements.Where(a => a.Before >= before))
            _state = _state with { Told = _state.Told.Add($"{PlannedKey}{at.UtcTicks}:{earlier.TotalMinutes}") };
        var span = Words.Duration((at - now.Wall).TotalSeconds);
        if (Hindrance() is { } why)
            Tell(
                "plan.plannedAhead",
                NoticeLevel.Critical,
                $"The planned shutdown of \"{Plan.Name}\" is due in {span}, but will not happen: {why}."
            );
        else
            Tell(
                "plan.plannedAhead",
                NoticeLevel.Warning,
                $"The planned shutdown of \"{Plan.Name}\" begins in {span}, at {at:u}. It can be cancelled until then.",
                ("plannedAt", at.ToString("u", Words.Culture))
            );
    }

    private void ForgetAnnouncements(DateTimeOffset? but)
    {
        if (_state.Told.IsEmpty)
            return;
        var keep = but is { } at ? $"{PlannedKey}{at.UtcTicks}:" : null;
        foreach (var key in _state.Told.Where(k => k.StartsWith(PlannedKey, StringComparison.Ordinal)).ToList())
        {
            if (keep is null || !key.StartsWith(keep, StringComparison.Ordinal))
                Forget(key);
        }
    }

    /// <summary>Why it cannot begin now, or null.</summary>
    private Sentence? Hindrance() =>
        !configured.Armed ? Sentence.Of($"the plan is not armed")
        : _state.Hold is { } hold ? Sentence.Of($"the plan is held by {hold.By}")
        : WholeMaintenance ? Sentence.Of($"the plan is in maintenance")
        : Run is { Kind: not RunKind.Rehearsal } ? Sentence.Of($"another run is in progress")
        : null;

    private void Missed(DateTimeOffset at, Sentence because)
    {
        _state = _state with { PlannedDone = at };
        Tell(
            "plan.plannedMissed",
            NoticeLevel.Critical,
            $"The planned shutdown of \"{Plan.Name}\" at {at:u} did not happen: {because}. It is not made up for."
        );
    }

    private void TakePlannedCancelled(PlannedCancelled cancel)
    {
        if (PlannedAt is not { } at)
            return;
        _state = _state with { PlannedDone = at };
        Tell(
            "plan.plannedCancelled",
            NoticeLevel.Warning,
            $"{cancel.Actor} cancels the planned shutdown of \"{Plan.Name}\" at {at:u}."
        );
    }

    private void BeginPlanned(DateTimeOffset at)
    {
        if (Run is { Kind: RunKind.Rehearsal } rehearsal)
            EndRehearsal(rehearsal);
        _state = _state with { PlannedDone = at };
        if (_state.Cycle is null)
            OpenCycle(manual: true);
        var startAt = configured.Definition.Schedule?.StartAt;
        if (_state.Cycle is { } cycle)
            _state = _state with
            {
                Cycle = cycle with
                {
                    Manual = true,
                    StartWanted = false,
                    StartFailed = false,
                    StartAt = startAt,
                    StartAfterLoss = startAt is null,
                },
            };
        var steps = Fresh().Select(s => s with { Selected = true });
        Begin(
            RunKind.Shutdown,
            RunCause.Planned,
            configured,
            [.. steps],
            Reasons.Of($"planned for {at:u}", ("plannedAt", at.ToString("u", Words.Culture)))
        );
    }

    /// <summary>F5: what a planned run stopped is started at its time; the gates still apply.</summary>
    private void WantPlannedStart()
    {
        if (
            _state.Cycle is { StartAt: { } at, StartWanted: false } cycle
            && at <= now.Wall
            && Run is null
            && MayActAlone
        )
            _state = _state with { Cycle = cycle with { StartWanted = true, StartAt = null } };
    }

    /// <summary>When the clock on the wall next says something new, or in an hour: clocks are set, and no timer waits for
    /// months.</summary>
    private TimeSpan? WallDeadline()
    {
        DateTimeOffset?[] due =
        [
            PlannedAt,
            .. Announcements.Select(a => PlannedAt - a.Before),
            PlannedAt + LatestBegin,
            _state.Cycle?.StartAt,
            _state.Maintenance?.Until,
            _state.Maintenance?.Until - EndsSoon,
        ];
        return due.Where(d => d > now.Wall).Min() is { } next
            ? Now + (next - now.Wall < LongestWait ? next - now.Wall : LongestWait)
            : null;
    }
}
