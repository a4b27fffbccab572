using System.Collections.Concurrent;
using VmPowerManager.EndToEnd.Driving;

namespace VmPowerManager.Browser.Face;

/// <summary>When the server took the readings at which one UPS went on battery or came back, from its event stream.</summary>
public sealed class Flips : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<DateTimeOffset> _taken = new();
    private readonly Task _following;
    private volatile bool _listens;

    public Flips(Api api, int upsId) => _following = FollowAsync(api, upsId);

    public IReadOnlyList<DateTimeOffset> Taken => [.. _taken];

    /// <summary>The stream has told how things are.</summary>
    public Task ListeningAsync() => Until.True("the stream", 10, () => Task.FromResult(_listens));

    private async Task FollowAsync(Api api, int upsId)
    {
        bool? last = null;
        try
        {
            await foreach (var message in api.MessagesAsync("reading", _end.Token))
            {
                if ((int?)message["id"] != upsId || message["reading"] is not { } reading)
                    continue;
                var dark = reading["status"]?.AsArray().Any(s => (string?)s == "OB") == true;
                if (last is not null && dark != last && (DateTimeOffset?)reading["at"] is { } at)
                    _taken.Enqueue(at);
                last = dark;
                _listens = true;
            }
        }
        catch (OperationCanceledException) { }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _following;
        _end.Dispose();
    }
}
