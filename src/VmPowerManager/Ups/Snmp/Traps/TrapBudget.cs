using System.Net;
using VmPowerManager.Core;

namespace VmPowerManager.Ups.Snmp.Traps;

/// <summary>How many datagrams are read at all: each sender has a share, so that one that floods does not drown the
/// others, and all together have one, since senders can be forged. One thread.</summary>
internal sealed class TrapBudget(TimeProvider time)
{
    private const int MaxSenders = 1024;
    private const double SenderBurst = 40;
    private const double SenderPerSecond = 20;
    private const double AllBurst = 1000;
    private const double AllPerSecond = 500;

    private readonly Dictionary<IPAddress, Bucket> _senders = [];
    private Bucket _all = new(AllBurst, TimeSpan.Zero);

    public long Dropped { get; private set; }

    public bool Take(IPAddress sender)
    {
        var now = time.Elapsed();
        var known = _senders.TryGetValue(sender, out var bucket);
        bucket = known ? bucket.Filled(now, SenderPerSecond, SenderBurst) : new Bucket(SenderBurst, now);
        _all = _all.Filled(now, AllPerSecond, AllBurst);
        var enough = bucket.Left >= 1 && _all.Left >= 1;
        if (!known && _senders.Count >= MaxSenders)
            _senders.Clear();
        if (enough)
        {
            bucket = bucket with { Left = bucket.Left - 1 };
            _all = _all with { Left = _all.Left - 1 };
        }
        else
        {
            Dropped++;
        }
        _senders[sender] = bucket;
        return enough;
    }

    private readonly record struct Bucket(double Left, TimeSpan At)
    {
        public Bucket Filled(TimeSpan now, double perSecond, double burst) =>
            new(Math.Min(burst, Left + ((now - At).TotalSeconds * perSecond)), now);
    }
}
