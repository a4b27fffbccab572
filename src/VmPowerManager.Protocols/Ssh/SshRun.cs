using System.Buffers;
using System.Text;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace VmPowerManager.Protocols.Ssh;

/// <summary>One command on one channel, from its opening to its closing.</summary>
/// <param name="closed">Ends when we closed the connection: the library does not tell the commands on it.</param>
/// <param name="opened">Told once when the channel is open.</param>
internal sealed class SshRun(
    SshClient client,
    Task closed,
    Action opened,
    SshEndpoint endpoint,
    SshLimits limits,
    TimeProvider time
)
{
    private const int Pending = 0;
    private const int Sent = 1;
    private const int Abandoned = 2;
    private static readonly TimeSpan Drain = TimeSpan.FromMilliseconds(50);
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state = Pending;

    /// <summary>The server said that it runs the command.</summary>
    public bool Accepted { get; private set; }

    /// <summary>Its channel was open.</summary>
    public bool Opened => _state == Sent;

    /// <summary>The channel is closed; its place is free.</summary>
    public Task Closed { get; private set; } = Task.CompletedTask;

    public async Task<SshAttempt> RunAsync(RemoteCommand what, string? input, long connectionId, CancellationToken ct)
    {
        try
        {
            ct.ThrowIfCancellationRequested();
            var (line, feed) = what.With(input);
            var command = client.CreateCommand(line, ExecMark.Encoding);
            var (opening, executing) = Start(command, feed);
            try
            {
                await Task.WhenAny(_opened.Task, executing).WaitAsync(limits.Open, time, ct);
                await executing.WaitAsync(limits.Accept, time, ct);
                Accepted = true;
                Hearing.Heard();
                var result = await FinishAsync(command, executing.Result, connectionId, ct);
                Closed = OwnThread.Run(command.Dispose);
                return new(result, null, true);
            }
            catch
            {
                Closed = CloseAsync(command, opening, executing);
                throw;
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException)
        {
            return Failed(DeviceFault.Timeout, $"the command ran longer than {limits.Command}");
        }
        catch (TimeoutException)
        {
            return Failed(DeviceFault.Timeout, $"{endpoint} does not answer on a standing connection");
        }
        catch (Exception e)
        {
            // The library's word for a refused channel, and for nothing else before one is open.
            var refused = e.GetType() == typeof(SshException) && _state == Pending;
            return Failed(SshFailure.OfRun(endpoint, e)) with { Refused = refused };
        }
        finally
        {
            Abandon();
        }
    }

    private SshAttempt Failed(DeviceFault fault, string words) => Failed(new DeviceException(fault, words));

    /// <summary>From here on it was sent or never will be: it may be tried again only in the second case.</summary>
    private SshAttempt Failed(DeviceException fault)
    {
        Abandon();
        return new(null, fault, _state == Sent || Accepted);
    }

    private void Abandon() => Interlocked.CompareExchange(ref _state, Abandoned, Pending);

    /// <summary>The channel is open and the command about to be written.</summary>
    private void Leaving()
    {
        var before = Interlocked.CompareExchange(ref _state, Sent, Pending);
        if (before == Abandoned)
            throw new OperationCanceledException("The channel opened too late.");
        if (before == Pending)
            opened();
        _opened.TrySetResult();
    }

    /// <summary>Opening and feeding block, so they have a thread of their own. The second task ends when the server took
    /// the command, with the task of its execution.</summary>
    private (Task Opening, Task<Task> Executing) Start(SshCommand command, string input)
    {
        var started = new TaskCompletionSource<Task>(TaskCreationOptions.RunContinuationsAsynchronously);
        var opening = OwnThread.Run(() =>
        {
            try
            {
                started.SetResult(ExecMark.Run(() => command.ExecuteAsync(CancellationToken.None), Leaving));
            }
            catch (Exception e)
            {
                started.SetException(e);
                return;
            }
            if (input.Length > 0)
                CommandInput.Feed(command, input);
        });
        return (opening, started.Task);
    }

    private async Task<SshResult> FinishAsync(
        SshCommand command,
        Task executing,
        long connectionId,
        CancellationToken ct
    )
    {
        using var limit = new CancellationTokenSource(limits.Command, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        var (output, error) = (new Kept(limits.OutputBytes), new Kept(limits.OutputBytes));
        while (!executing.IsCompleted)
        {
            var ours = closed.IsCompleted;
            await Task.WhenAny(executing, Task.Delay(Drain, time, both.Token));
            both.Token.ThrowIfCancellationRequested();
            output.TakeReady(command.OutputStream);
            error.TakeReady(command.ExtendedOutputStream);
            if (ours && !executing.IsCompleted)
                throw new SshConnectionException("It was closed meanwhile.");
        }
        await executing;
        output.TakeRest(command.OutputStream);
        error.TakeRest(command.ExtendedOutputStream);
        return new SshResult(
            command.ExitStatus,
            command.ExitSignal,
            output.Text,
            error.Text,
            output.Truncated || error.Truncated,
            connectionId
        );
    }

    /// <summary>Signals the command, waits for the library to let go of the channel, and looks after all failures.</summary>
    private static async Task CloseAsync(SshCommand command, Task opening, Task<Task> executing)
    {
        try
        {
            await OwnThread.Run(() =>
            {
                try
                {
                    executing.GetAwaiter().GetResult();
                    command.CancelAsync();
                }
                finally
                {
                    command.Dispose();
                }
            });
        }
        catch (Exception) { }
        if (executing.IsCompletedSuccessfully)
            _ = executing.Result.ContinueWith(OwnThread.Observe, TaskScheduler.Default);
        _ = opening.ContinueWith(OwnThread.Observe, TaskScheduler.Default);
    }

    /// <summary>The first bytes of a stream; the rest is read and dropped, so that a talkative command runs to its end.</summary>
    private sealed class Kept(int bound)
    {
        private readonly ArrayBufferWriter<byte> _bytes = new();
        private readonly byte[] _buffer = new byte[16 * 1024];

        public bool Truncated { get; private set; }
        public string Text => Encoding.UTF8.GetString(_bytes.WrittenSpan);

        /// <summary>Never blocks: the library's stream knows how much it holds.</summary>
        public void TakeReady(Stream stream)
        {
            try
            {
                while (stream.Length > 0 && Take(stream) > 0) { }
            }
            // It ended meanwhile: the rest is taken then.
            catch (ObjectDisposedException) { }
        }

        /// <summary>After the command's end, when a read gives what is left and then nothing.</summary>
        public void TakeRest(Stream stream)
        {
            while (Take(stream) > 0) { }
        }

        private int Take(Stream stream)
        {
            var read = stream.Read(_buffer, 0, _buffer.Length);
            var room = Math.Min(read, bound - _bytes.WrittenCount);
            _bytes.Write(_buffer.AsSpan(0, room));
            Truncated |= room < read;
            return read;
        }
    }
}
