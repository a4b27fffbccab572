using System.Buffers;
using System.Text;
using VmPowerManager.Protocols.Tls;

namespace VmPowerManager.Protocols.WsMan;

/// <summary>One remote shell: runs a command at a time. Not for several threads.</summary>
internal sealed class WsmanShell
{
    private readonly WsmanTransport _transport;
    private readonly string _id;
    private string? _running;

    private WsmanShell(WsmanTransport transport, string id) => (_transport, _id) = (transport, id);

    /// <summary>By <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public long UsedAt { get; private set; }

    /// <summary>Not to be used again.</summary>
    public bool IsBroken { get; private set; }

    public static async Task<WsmanShell> OpenAsync(WsmanTransport transport, CancellationToken ct)
    {
        var answer = await transport.AskAsync(transport.Requests.CreateShell(), ct);
        return new WsmanShell(transport, answer.ShellId);
    }

    /// <summary>Throwing, it leaves the shell in an unknown state: <see cref="CloseAsync"/> ends what may still run.</summary>
    /// <exception cref="DeviceException">As <see cref="WsmanClient.RunAsync"/>'s.</exception>
    public async Task<WsmanResult> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken ct)
    {
        var begun = await _transport.AskAsync(_transport.Requests.Run(_id, program, arguments), ct);
        var command = _running = begun.CommandId;
        WsmanResult result;
        try
        {
            result = await ReceiveAsync(command, ct);
        }
        catch (WsmanException e)
        {
            throw e.AfterBegin();
        }
        catch (DeviceException e)
        {
            throw new WsmanException(e.Fault, e.Message, e) { Begun = true, Lost = IsLoss(e) };
        }
        try
        {
            await EndCommandAsync(ct);
        }
        // A machine that was told to shut down may be gone now; what it said stands.
        catch (DeviceException)
        {
            IsBroken = true;
        }
        UsedAt = _transport.Time.GetTimestamp();
        return result;
    }

    /// <summary>Ends what runs and deletes the shell; never throws. A service that does not answer ends it by itself after
    /// <see cref="WsmanLimits.ShellIdle"/>.</summary>
    public async Task CloseAsync()
    {
        using var limit = new CancellationTokenSource(_transport.Limits.Close, _transport.Time);
        try
        {
            await EndCommandAsync(limit.Token);
        }
        catch (Exception e) when (e is DeviceException or OperationCanceledException) { }
        try
        {
            await _transport.TryAskAsync(_transport.Requests.DeleteShell(_id), limit.Token);
        }
        catch (Exception e) when (e is DeviceException or OperationCanceledException) { }
    }

    private async Task<WsmanResult> ReceiveAsync(string command, CancellationToken ct)
    {
        var limits = _transport.Limits;
        using var limit = new CancellationTokenSource(limits.Command, _transport.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        var (output, error) = (new Kept(limits.OutputBytes), new Kept(limits.OutputBytes));
        try
        {
            while (true)
            {
                var request = _transport.Requests.ReceiveOutput(_id, command);
                var (answer, fault) = await _transport.TryAskAsync(request, both.Token);
                if (fault is { IsNothingYet: true })
                    continue;
                if (fault is not null)
                    throw fault.ToException();
                foreach (var (isError, bytes) in answer.Streams(command))
                    (isError ? error : output).Take(bytes);
                if (answer.ExitCode(command) is { } code)
                    return new WsmanResult(code, output.Text, error.Text, output.Truncated || error.Truncated);
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new WsmanException(DeviceFault.Timeout, $"the command ran longer than {limits.Command}");
        }
    }

    /// <summary>Of the wire: refused, not answered, or ended in the middle. A certificate that changed, or an answer that is
    /// not understood, is somebody's.</summary>
    private static bool IsLoss(DeviceException e) =>
        e.Fault == DeviceFault.Unreachable
        || e
            is HttpDeviceException
            {
                Sent: true,
                Fault: DeviceFault.ProtocolError,
                InnerException: HttpRequestException { HttpRequestError: not HttpRequestError.InvalidResponse }
                    or IOException
            };

    /// <summary>Windows keeps a command, ended or not, until it is told to forget it.</summary>
    private async Task EndCommandAsync(CancellationToken ct)
    {
        if (_running is not { } command)
            return;
        _running = null;
        // A command that is gone already is as it should be.
        await _transport.TryAskAsync(_transport.Requests.EndCommand(_id, command), ct);
    }

    /// <summary>The first bytes of an output; the rest is dropped, so that a talkative command runs to its end.</summary>
    private sealed class Kept(int bound)
    {
        private readonly ArrayBufferWriter<byte> _bytes = new();

        public bool Truncated { get; private set; }
        public string Text => Encoding.UTF8.GetString(_bytes.WrittenSpan);

        public void Take(byte[] bytes)
        {
            var room = Math.Min(bytes.Length, bound - _bytes.WrittenCount);
            _bytes.Write(bytes.AsSpan(0, room));
            Truncated |= room < bytes.Length;
        }
    }
}
