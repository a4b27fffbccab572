namespace VmPowerManager.Protocols.Snmp;

/// <summary>One read of many objects: in portions that the agent can answer, and without those that spoil the others.</summary>
internal sealed class SnmpGet(SnmpAsk ask, SnmpSizes sizes, int retries)
{
    private readonly Dictionary<Oid, SnmpValue> _values = [];

    /// <summary>In this read alone: an error that names no object is closed in on by halves.</summary>
    private int _most = int.MaxValue;
    private SnmpException? _error;
    private bool _anyAnswered;

    public async Task<IReadOnlyDictionary<Oid, SnmpValue>> RunAsync(
        IReadOnlyCollection<Oid> names,
        CancellationToken ct
    )
    {
        var left = new Queue<Oid>(names.Distinct());
        while (left.Count > 0)
        {
            var portion = new List<Oid>();
            while (portion.Count < Math.Min(_most, sizes.Most) && left.TryDequeue(out var name))
                portion.Add(name);
            foreach (var name in await ReadAsync(portion, ct))
                left.Enqueue(name);
        }
        // Errors alone say nothing about which objects there are.
        return _error is null || _anyAnswered ? _values : throw _error;
    }

    /// <returns>What is to be asked again, in smaller portions or without the culprit.</returns>
    private async Task<IReadOnlyList<Oid>> ReadAsync(List<Oid> portion, CancellationToken ct)
    {
        if (await AskAsync(portion, ct) is not { } answer)
            return portion;
        if (answer.Status is SnmpErrorStatus.NoError)
            return Take(answer, portion);
        if (answer.Status is SnmpErrorStatus.TooBig && portion.Count > 1)
        {
            sizes.TooMany(portion.Count);
            return portion;
        }
        return WithoutCulprit(answer, portion);
    }

    /// <summary>Null: too many at once, but single ones are answered.</summary>
    private async Task<SnmpPdu?> AskAsync(List<Oid> portion, CancellationToken ct)
    {
        if (portion.Count == 1)
            return await ask(Request(portion), 1 + retries, ct);
        var fingerprint = Fingerprint(portion);
        var known = sizes.Begin(fingerprint);
        if (known is SnmpSizeKnown.Answered)
            return await ask(Request(portion), 1 + retries, ct);
        if (known is SnmpSizeKnown.Nothing && await TryTogetherAsync(portion, fingerprint, ct) is { } answer)
            return answer;
        // Too many, or nobody there: one alone tells, in place of the second try.
        Take(await ask(Request(portion[..1]), Math.Max(1, retries), ct), portion[..1]);
        if (!sizes.IsTooMany(fingerprint) && await TryTogetherAsync(portion, fingerprint, ct) is { } second)
            return second;
        sizes.TooMany(portion.Count);
        return null;
    }

    private async Task<SnmpPdu?> TryTogetherAsync(List<Oid> portion, int fingerprint, CancellationToken ct)
    {
        try
        {
            var answer = await ask(Request(portion), 1, ct);
            sizes.Answered(fingerprint);
            return answer;
        }
        catch (SnmpException e) when (e.Reason is SnmpFault.Timeout)
        {
            return null;
        }
    }

    /// <summary>Error-status names one object, or none: v1's noSuchName fails the whole PDU, and so does one broken
    /// object of many a card. Read on without it; where nothing is pointed at, by halves.</summary>
    private List<Oid> WithoutCulprit(SnmpPdu answer, List<Oid> portion)
    {
        if (answer.Status is SnmpErrorStatus.AuthorizationError)
            throw SnmpException.Of(answer.Status, null);
        var culprit = answer.Culprit(Request(portion).Variables);
        if (culprit is null && portion.Count > 1)
        {
            _most = Math.Min(_most, portion.Count / 2);
            return portion;
        }
        culprit ??= portion[0];
        if (answer.Status is SnmpErrorStatus.NoSuchName)
            _anyAnswered = true;
        else
            _error ??= SnmpException.Of(answer.Status, culprit);
        return [.. portion.Where(name => name != culprit)];
    }

    /// <returns>What a card that cuts its answers short left out: asked for again, unless it gave nothing at all.</returns>
    private IReadOnlyList<Oid> Take(SnmpPdu answer, List<Oid> portion)
    {
        if (answer.Status is not SnmpErrorStatus.NoError)
            return [];
        var missing = new HashSet<Oid>(portion);
        foreach (var (name, value) in answer.Variables)
        {
            if (missing.Remove(name) && value.IsPresent)
                _values[name] = value;
        }
        _anyAnswered = true;
        return missing.Count < portion.Count ? [.. missing] : [];
    }

    private static SnmpPdu Request(IEnumerable<Oid> names) =>
        new(SnmpPduType.Get, 0, [.. names.Select(name => new SnmpVariable(name, SnmpValue.Absent(SnmpType.Null)))]);

    private static int Fingerprint(List<Oid> names)
    {
        var hash = new HashCode();
        foreach (var name in names)
            hash.Add(name);
        return hash.ToHashCode();
    }
}
