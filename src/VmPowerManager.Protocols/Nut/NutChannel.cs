using System.Net;

namespace VmPowerManager.Protocols.Nut;

/// <summary>One persistent connection that several callers take in turn. Connects when needed, again after a break,
/// with a growing pause while the server stays away: calls in the pause fail at once with the last words.</summary>
internal sealed class NutChannel(NutEndpoint endpoint, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(4);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _life = new();
    private NutClient? _client;
    private Task<NutClient>? _connecting;
    private IPAddress? _lastGood;
    private DeviceException? _lastFailure;
    private TimeSpan _pause;
    private long _failedAt;

    /// <summary>Takes the turn when it is free now.</summary>
    public bool TryEnter() => _turn.Wait(0, CancellationToken.None);

    /// <summary>Waits for the turn, at most <paramref name="patience"/>.</summary>
    public async Task<bool> TryEnterAsync(TimeSpan patience, CancellationToken ct)
    {
        if (TryEnter())
            return true;
        using var limit = new CancellationTokenSource(patience, time);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            await _turn.WaitAsync(limited.Token);
            return true;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }

    public Task EnterAsync(CancellationToken ct) => _turn.WaitAsync(ct);

    /// <summary>Runs a call in the turn that the caller has taken, and gives the turn back.</summary>
    /// <param name="repeatable">May be sent again when a connection that was idle turns out to be dead.</param>
    public async Task<T> RunAsync<T>(
        Func<NutClient, CancellationToken, Task<T>> call,
        bool repeatable,
        CancellationToken ct
    )
    {
        try
        {
            var (client, fresh) = await ClientAsync(ct);
            try
            {
                return await call(client, ct);
            }
            catch (DeviceException e)
                when (repeatable && !fresh && client.IsBroken && e.Fault == DeviceFault.Unreachable)
            {
                (client, _) = await ClientAsync(ct);
                return await call(client, ct);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _life.CancelAsync();
        await _turn.WaitAsync(CancellationToken.None);
        await DropAsync();
        if (_connecting is { } connecting)
            await connecting.ContinueWith(
                done =>
                    done.IsCompletedSuccessfully
                        ? done.Result.DisposeAsync().AsTask()
                        : Task.FromResult(done.Exception),
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default
            );
        _life.Dispose();
        // The turn is never given back: whoever still waits for it is cancelled by its own token.
    }

    private async Task<(NutClient Client, bool Fresh)> ClientAsync(CancellationToken ct)
    {
        if (_client is { IsBroken: false, IsHungUp: false } client)
            return (client, false);
        await DropAsync();
        if (_connecting is null)
        {
            if (_lastFailure is { } failure && time.GetElapsedTime(_failedAt) < _pause)
                throw new DeviceException(failure.Fault, failure.Message, failure);
            _connecting = ConnectAsync();
        }
        try
        {
            // The attempt outlives a caller that gives up: a server slower to connect than one poll's limit is reached too.
            _client = await _connecting.WaitAsync(ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw;
        }
        catch
        {
            _connecting = null;
            throw;
        }
        _connecting = null;
        return (_client, true);
    }

    private async Task<NutClient> ConnectAsync()
    {
        using var limit = new CancellationTokenSource(NutLimits.Connect, time);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _life.Token);
        try
        {
            var client = await NutClient.OpenAsync(endpoint, time, _lastGood, limited.Token);
            _lastGood = client.Address;
            _lastFailure = null;
            _pause = TimeSpan.Zero;
            return client;
        }
        catch (OperationCanceledException e) when (!_life.IsCancellationRequested)
        {
            throw Failed(
                new DeviceException(
                    DeviceFault.Timeout,
                    $"No connection to {endpoint} within {NutLimits.Connect.TotalSeconds:0} s.",
                    e
                )
            );
        }
        catch (DeviceException e)
        {
            throw Failed(e);
        }
    }

    private DeviceException Failed(DeviceException failure)
    {
        _lastFailure = failure;
        _failedAt = time.GetTimestamp();
        _pause =
            _pause == TimeSpan.Zero ? FirstPause : TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, LongestPause.Ticks));
        return failure;
    }

    private async Task DropAsync()
    {
        var client = _client;
        _client = null;
        if (client is not null)
            await client.DisposeAsync();
    }
}
