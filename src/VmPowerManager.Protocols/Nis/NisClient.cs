using System.Net;

namespace VmPowerManager.Protocols.Nis;

/// <summary>A conversation with apcupsd's network information server, which can only be read. Connects when needed, keeps
/// the connection between calls, connects again after a break, with a growing pause while the server stays away: calls in
/// the pause fail at once with the last words. Calls may overlap; they take turns.</summary>
public sealed class NisClient(NisEndpoint endpoint, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(4);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _life = new();
    private readonly Lock _gate = new();
    private Task<NisStatus>? _asking;
    private NisConnection? _connection;
    private IPAddress? _lastGood;
    private DeviceException? _lastFailure;
    private TimeSpan _pause;
    private long _failedAt;

    /// <summary>What is known of the UPS now. A caller that gives up leaves the question standing for the next one, so that a
    /// server which is slow for once is not asked twice.</summary>
    /// <exception cref="DeviceException">In the server's own words where it spoke.</exception>
    public Task<NisStatus> StatusAsync(CancellationToken ct)
    {
        Task<NisStatus> asking;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_life.IsCancellationRequested, this);
            if (_asking is not { IsCompleted: false })
                _asking = AskStatusAsync(_life.Token);
            asking = _asking;
        }
        return asking.WaitAsync(ct);
    }

    /// <summary>The lines of apcupsd's file of events, oldest first.</summary>
    /// <exception cref="DeviceException">In the server's own words where it spoke: "Not available".</exception>
    public async Task<IReadOnlyList<string>> EventsAsync(CancellationToken ct)
    {
        var answer = await AskAsync("events", ct);
        string[] lines = [.. answer.Split('\n').Select(NisText.Shown).Where(line => line.Length > 0)];
        // Lines of the file begin with a date; refusals do not.
        return lines is [var only] && !char.IsAsciiDigit(only[0])
            ? throw new DeviceException(DeviceFault.Refused, only)
            : lines;
    }

    public async ValueTask DisposeAsync()
    {
        Task? asking;
        lock (_gate)
        {
            if (_life.IsCancellationRequested)
                return;
            _life.Cancel();
            asking = _asking;
        }
        if (asking is not null)
            await asking.ContinueWith(
                static done => done.Exception,
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default
            );
        await _turn.WaitAsync(CancellationToken.None);
        await DropAsync();
        _life.Dispose();
        // The turn is never given back: whoever still waits for it is cancelled by its own token.
    }

    private async Task<NisStatus> AskStatusAsync(CancellationToken ct) => NisStatus.Parse(await AskAsync("status", ct));

    private async Task<string> AskAsync(string command, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            var (connection, fresh) = await ConnectionAsync(ct);
            try
            {
                return await connection.AskAsync(command, ct);
            }
            catch (DeviceException e) when (!fresh && e.Fault == DeviceFault.Unreachable)
            {
                // It had been hung up on while idle.
                (connection, _) = await ConnectionAsync(ct);
                return await connection.AskAsync(command, ct);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<(NisConnection Connection, bool Fresh)> ConnectionAsync(CancellationToken ct)
    {
        if (_connection is { IsBroken: false, IsHungUp: false } connection)
            return (connection, false);
        await DropAsync();
        if (_lastFailure is { } failure && time.GetElapsedTime(_failedAt) < _pause)
            throw new DeviceException(failure.Fault, failure.Message, failure);
        try
        {
            _connection = connection = await NisConnection.OpenAsync(endpoint, _lastGood, time, ct);
            (_lastGood, _lastFailure, _pause) = (connection.Address, null, TimeSpan.Zero);
            return (connection, true);
        }
        catch (DeviceException e)
        {
            _lastFailure = e;
            _failedAt = time.GetTimestamp();
            _pause =
                _pause == TimeSpan.Zero
                    ? FirstPause
                    : TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, LongestPause.Ticks));
            throw;
        }
    }

    private async Task DropAsync()
    {
        var connection = _connection;
        _connection = null;
        if (connection is not null)
            await connection.DisposeAsync();
    }
}
