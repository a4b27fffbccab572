namespace VmPowerManager.Ups.History;

/// <summary>All readings of one UPS within one minute, added up.</summary>
internal sealed class HistoryMinute(int upsId, long startMs)
{
    public const long LengthMs = 60_000;

    private readonly double[] _sums = new double[HistoryMetric.All.Length];
    private readonly int[] _counts = new int[HistoryMetric.All.Length];
    private readonly double[] _least = new double[HistoryMetric.All.Length];
    private readonly double[] _most = new double[HistoryMetric.All.Length];

    public int UpsId { get; } = upsId;
    public long StartMs { get; } = startMs;
    public int Readings { get; private set; }
    public int OnBattery { get; private set; }

    /// <summary>Drawn between readings of which the later lies in this minute.</summary>
    public Energy Energy { get; private set; }

    public static long StartOf(long atMs) => atMs - (atMs % LengthMs);

    public void Add(HistorySample sample)
    {
        Readings++;
        OnBattery += sample.OnBattery ? 1 : 0;
        for (var i = 0; i < sample.Values.Length; i++)
        {
            if (sample.Values[i] is not { } value)
                continue;
            _least[i] = _counts[i] == 0 ? value : Math.Min(_least[i], value);
            _most[i] = _counts[i] == 0 ? value : Math.Max(_most[i], value);
            _sums[i] += value;
            _counts[i]++;
        }
    }

    public void Add(Energy drawn) => Energy += drawn;

    public (double Least, double Mean, double Most)? this[int metric] =>
        _counts[metric] == 0 ? null : (_least[metric], _sums[metric] / _counts[metric], _most[metric]);
}

/// <summary>What is to be written in one transaction.</summary>
internal sealed record HistoryBatch(
    IReadOnlyList<HistorySample> Samples,
    IReadOnlyList<HistoryMinute> Minutes,
    IReadOnlyList<HistoryNote> Notes
)
{
    public bool IsEmpty => Samples.Count == 0 && Minutes.Count == 0 && Notes.Count == 0;
}

/// <summary>A statement that one of the logs kept beside the samples wants carried out, in its place among others.</summary>
internal sealed record HistoryNote(string Sql, IReadOnlyList<(string Name, object? Value)> Values);
