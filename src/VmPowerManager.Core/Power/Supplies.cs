namespace VmPowerManager.Core.Power;

/// <summary>A UPS that feeds a host, with its weight (B1).</summary>
public sealed record Supply(int UpsId, double PowerValue);

/// <summary>The supplies of one target at one moment (POLICY B).</summary>
public sealed record SupplyView
{
    /// <summary>Sum of power values on mains or on a battery that is not critical.</summary>
    public double Good { get; init; }
    public double Needed { get; init; }
    public double Critical { get; init; }
    public double Unknown { get; init; }

    /// <summary>At least <see cref="Needed"/> are on line (A3): mains is there for this target.</summary>
    public bool OnMains { get; init; }

    /// <summary>Fewer than <see cref="Needed"/> stand, and at least one is known to be lost: its triggers count.</summary>
    public bool Failing { get; init; }

    /// <summary>Time since fewer than <see cref="Needed"/> stood (B2); zero while they do.</summary>
    public TimeSpan OnBatteryFor { get; init; }

    /// <summary>Percent of the deciding battery; null: unknown, or the target is not on battery.</summary>
    public double? ChargePercent { get; init; }

    /// <summary>Seconds left with transfer (B3), a critical UPS counting as zero: what triggers look at; null: unknown, or
    /// the target is not on battery.</summary>
    public double? RuntimeSeconds { get; init; }

    /// <summary>The same without that zero: what is really left, for people, forecast and compression (B3). A critical UPS
    /// has what it reports, else the runtime at which it calls its battery low, else 120 s.</summary>
    public double? TimeLeftSeconds { get; init; }

    /// <summary>The fastest of the batteries that the target hangs on, percent a minute; null: unknown.</summary>
    public double? DepletionPercentPerMinute { get; init; }
    public bool LowBattery { get; init; }
    public bool IsCritical => CriticalBecause is not null;

    /// <summary>Which UPS and why; null while not critical.</summary>
    public Sentence? CriticalBecause { get; init; }

    /// <summary>Lost by OFF alone: contradicted by any host that answers (A7). Told, not acted on.</summary>
    public bool OffOnly { get; init; }
}

/// <summary>Aggregates the UPSes of a target that needs N (POLICY B1-B4).</summary>
public static class Supplies
{
    public static SupplyView View(
        IReadOnlyList<Supply> supplies,
        double needed,
        IReadOnlyDictionary<int, UpsEvidence> evidence,
        TimeSpan now
    )
    {
        var known = supplies.Where(s => evidence.ContainsKey(s.UpsId)).ToList();
        var anyFails = known.Any(s => evidence[s.UpsId].Fails(now));
        var feeds = known.Select(s => Feed.Of(s.PowerValue, evidence[s.UpsId], anyFails, now)).ToList();
        var anyLost = feeds.Exists(f => f.Loss is not null);
        var standing = feeds.Where(f => f.Loss is null).Sum(f => f.Power);
        var failing = anyLost && standing < needed;
        var withoutLow = feeds.Where(f => !f.Zero && !f.Ups.LowBattery(now)).Sum(f => f.Power);
        var notCritical = feeds.Where(f => !f.Zero && !f.Ups.Critical(now)).Sum(f => f.Power);
        return new SupplyView
        {
            Needed = needed,
            Good = feeds.Where(f => !f.Zero && !f.Ups.Untrusted && !f.Ups.Critical(now)).Sum(f => f.Power),
            Critical = feeds.Where(f => f.Ups.Critical(now)).Sum(f => f.Power),
            Unknown = feeds.Where(f => f.Ups.Untrusted).Sum(f => f.Power),
            OnMains = feeds.Where(f => f.Ups.OnLine).Sum(f => f.Power) >= needed,
            Failing = failing,
            OnBatteryFor = failing ? LostSince(feeds, needed) : TimeSpan.Zero,
            ChargePercent = failing ? NthLargest(feeds, needed, f => f.Ups.ChargePercent(now)) : null,
            RuntimeSeconds = failing ? RuntimeWithTransfer(feeds, needed, now, ForTriggers) : null,
            TimeLeftSeconds = failing ? RuntimeWithTransfer(feeds, needed, now, Left) : null,
            DepletionPercentPerMinute = failing ? feeds.Max(f => f.Ups.DepletionPercentPerMinute(now)) : null,
            LowBattery = failing && withoutLow < needed,
            CriticalBecause = failing && notCritical < needed ? Because(feeds, now) : null,
            OffOnly = failing && feeds.All(f => f.Loss is null || f.LostByOffOnly),
        };
    }

    /// <summary>How long a UPS has certainly not been feeding from mains; null while it may be.</summary>
    private static TimeSpan? LostFor(UpsEvidence ups, TimeSpan now) =>
        ups.Fails(now) ? (ups.OnBattery ? ups.OnBatteryFor(now) : null) ?? TimeSpan.Zero
        : ups.OffCritical(now) ? now - ups.OffSince
        : null;

    private sealed record Feed(double Power, UpsEvidence Ups, TimeSpan? Loss, bool Zero, bool LostByOffOnly)
    {
        /// <summary>B4: once another supply is on battery, one that is silent for deadSeconds counts as zero. OFF
        /// alone is no such loss: it may be wrong (A7).</summary>
        public static Feed Of(double power, UpsEvidence ups, bool anyFails, TimeSpan now)
        {
            var zero = anyFails && !ups.Fails(now) && ups.CountsForNothing(now);
            var loss = LostFor(ups, now) ?? (zero ? now - (ups.LeftLineAt ?? ups.WatchedSince) : null);
            return new Feed(power, ups, loss, zero, !ups.Fails(now) && ups.OffCritical(now));
        }
    }

    /// <summary>B2: the moment when losses, in their order, left fewer than <paramref name="needed"/>.</summary>
    private static TimeSpan LostSince(List<Feed> feeds, double needed)
    {
        var standing = feeds.Sum(f => f.Power);
        foreach (var feed in feeds.Where(f => f.Loss is not null).OrderByDescending(f => f.Loss))
        {
            standing -= feed.Power;
            if (standing < needed)
                return feed.Loss.GetValueOrDefault();
        }
        return TimeSpan.Zero;
    }

    /// <summary>B2: a UPS that stands means "not met"; unknown values neither meet nor block (A8): where too few are
    /// known, the smallest known decides.</summary>
    private static double? NthLargest(List<Feed> feeds, double needed, Func<Feed, double?> value)
    {
        var ranked = feeds
            .Select(f =>
                (
                    f.Power,
                    Value: f.Zero ? 0
                    : f.Loss is null ? double.PositiveInfinity
                    : value(f)
                )
            )
            .Where(v => v.Value is not null)
            .OrderByDescending(v => v.Value);
        var sum = 0.0;
        double? nth = null;
        foreach (var (power, v) in ranked)
        {
            (sum, nth) = (sum + power, v);
            if (sum >= needed)
                break;
        }
        return nth == double.PositiveInfinity ? null : nth;
    }

    /// <summary>B3: when one runs out its load moves to the rest, until fewer than <paramref name="needed"/> are left.
    /// Where power is unknown: the smallest, plus half of what then remains of the next.</summary>
    private static double? RuntimeWithTransfer(
        List<Feed> feeds,
        double needed,
        TimeSpan now,
        Func<UpsEvidence, TimeSpan, double?> runtime
    )
    {
        var standing = feeds.Where(f => f.Loss is null).Sum(f => f.Power);
        var cells = feeds
            .Where(f => f.Loss is not null && !f.Zero)
            .Select(f => new Cell(f.Power, runtime(f.Ups, now), f.Ups.Last?.RealPower))
            .Where(c => c.Seconds is not null)
            .OrderBy(c => c.Seconds)
            .ToList();
        if (cells.Count == 0)
            return null;
        var powersKnown = cells.TrueForAll(c => c.Watts > 0);
        return powersKnown ? Deplete(cells, standing, needed) : HalfOfTheNext(cells, standing, needed);
    }

    private static double? ForTriggers(UpsEvidence ups, TimeSpan now) =>
        ups.Critical(now) ? 0 : ups.RuntimeSeconds(now);

    private static double? Left(UpsEvidence ups, TimeSpan now) =>
        ups.RuntimeSeconds(now) ?? (ups.Critical(now) ? ups.NeedSeconds : null);

    private sealed record Cell(double Power, double? Seconds, double? Watts)
    {
        public double Energy => Seconds.GetValueOrDefault() * Watts.GetValueOrDefault();
    }

    private static double Deplete(List<Cell> cells, double standing, double needed)
    {
        var load = cells.Sum(c => c.Watts.GetValueOrDefault());
        var left = cells.Select(c => (c.Power, c.Energy, Watts: c.Watts.GetValueOrDefault())).ToList();
        var elapsed = 0.0;
        while (left.Count > 0)
        {
            var share = load / left.Sum(c => c.Watts);
            var first = left.MinBy(c => c.Energy / (c.Watts * share));
            var seconds = first.Energy / (first.Watts * share);
            elapsed += seconds;
            left = [.. left.Select(c => c with { Energy = c.Energy - (c.Watts * share * seconds) })];
            left.RemoveAll(c => c.Energy <= 1e-6);
            if (standing + left.Sum(c => c.Power) < needed)
                break;
        }
        return elapsed;
    }

    private static double HalfOfTheNext(List<Cell> cells, double standing, double needed)
    {
        var remaining = standing + cells.Sum(c => c.Power);
        var (elapsed, previous, factor) = (0.0, 0.0, 1.0);
        foreach (var cell in cells)
        {
            elapsed += (cell.Seconds.GetValueOrDefault() - previous) * factor;
            previous = cell.Seconds.GetValueOrDefault();
            remaining -= cell.Power;
            if (remaining < needed)
                break;
            factor = 0.5;
        }
        return elapsed;
    }

    private static Sentence Because(List<Feed> feeds, TimeSpan now) =>
        Sentence.Join(
            "; ",
            feeds
                .Where(f => f.Zero || f.Ups.Critical(now))
                .Select(f =>
                    Sentence.Of(
                        $"{f.Ups.Policy.Name}: {f.Ups.CriticalBecause(now) ?? Sentence.Of($"no trustworthy reading")}"
                    )
                )
        );
}
