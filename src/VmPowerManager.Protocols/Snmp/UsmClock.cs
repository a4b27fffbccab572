namespace VmPowerManager.Protocols.Snmp;

/// <summary>The clock of one engine as far as it was told (RFC 3414, 2.2 and 2.3): boots, and seconds since the last one,
/// going on by our own time.</summary>
internal sealed class UsmClock(TimeProvider time)
{
    public const int WindowSeconds = 150;

    /// <summary>Boots that say: out of count; such an engine takes nothing until it is set up anew.</summary>
    private const int Latched = int.MaxValue;

    private long _taken;
    private TimeSpan _told;

    public int Boots { get; private set; }

    public int Seconds => (int)Math.Min(int.MaxValue, (_told + time.GetElapsedTime(_taken)).TotalSeconds);

    /// <summary>A clock of our own.</summary>
    public static UsmClock Started(int boots, TimeProvider time)
    {
        var clock = new UsmClock(time);
        clock.Set(boots, 0);
        return clock;
    }

    public void Set(int boots, int seconds)
    {
        (Boots, _told) = (Math.Max(0, boots), TimeSpan.FromSeconds(Math.Max(0, seconds)));
        _taken = time.GetTimestamp();
    }

    /// <summary>RFC 3414, 3.2 7b: what an engine says of its own clock, in a message that is proven to be its.</summary>
    /// <param name="fresh">It answers a question of ours, so no replay: the clock is taken over also where it is behind
    /// what we made of it.</param>
    /// <returns>Whether the message is of now.</returns>
    public bool Accept(int boots, int seconds, bool fresh)
    {
        var later = boots > Boots || (boots == Boots && seconds > Seconds);
        var now = boots != Latched && (later || (boots == Boots && seconds >= Seconds - WindowSeconds));
        if (later || (now && fresh))
            Set(boots, seconds);
        return now;
    }

    /// <summary>RFC 3414, 3.2 7a: whether somebody else knows our clock, this being it.</summary>
    public bool IsNow(int boots, int seconds) =>
        Boots != Latched && boots == Boots && Math.Abs((long)seconds - Seconds) <= WindowSeconds;
}
