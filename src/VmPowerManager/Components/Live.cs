using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace VmPowerManager.Components;

/// <summary>A value that screens follow: an immutable snapshot of something, and every later one as it comes. The newest
/// wins: a slow reader misses what was overtaken, and never delays the writer. For screens only: nothing decides from it
/// (DESIGN 3). Any thread; no callback runs under the lock.</summary>
public sealed class Live<T>(T initial)
{
    private readonly Lock _gate = new();
    private readonly List<Channel<T>> _readers = [];
    private T _value = initial;

    public T Value
    {
        get
        {
            lock (_gate)
                return _value;
        }
    }

    /// <summary>How many follow it now.</summary>
    public int Readers
    {
        get
        {
            lock (_gate)
                return _readers.Count;
        }
    }

    public void Set(T value) => Update(_ => value);

    /// <summary><paramref name="change"/> runs under the lock: pure, and quick. The same value again tells nobody.</summary>
    public void Update(Func<T, T> change)
    {
        lock (_gate)
        {
            var next = change(_value);
            if (EqualityComparer<T>.Default.Equals(next, _value))
                return;
            _value = next;
            // A bounded channel that drops its oldest takes every write, and wakes its reader elsewhere.
            foreach (var reader in _readers)
                reader.Writer.TryWrite(next);
        }
    }

    /// <summary>The value as it is, then each newer one; ends with <paramref name="ct"/>.</summary>
    public async IAsyncEnumerable<T> WatchAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var mine = Channel.CreateBounded<T>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }
        );
        lock (_gate)
        {
            mine.Writer.TryWrite(_value);
            _readers.Add(mine);
        }
        try
        {
            await foreach (var value in mine.Reader.ReadAllAsync(ct))
                yield return value;
        }
        finally
        {
            lock (_gate)
                _readers.Remove(mine);
        }
    }
}
