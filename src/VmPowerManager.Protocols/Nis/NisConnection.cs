using System.Net;
using System.Net.Sockets;

namespace VmPowerManager.Protocols.Nis;

/// <summary>One socket to apcupsd: a command out, records in. Calls must not overlap. Any failure leaves request and answer
/// out of step: the connection is then <see cref="IsBroken"/> and of no more use.</summary>
internal sealed class NisConnection(Stream stream, Func<bool> isHungUp, IPAddress? address, TimeProvider time)
    : IAsyncDisposable
{
    /// <summary>The address that the name led to.</summary>
    public IPAddress? Address => address;

    public bool IsBroken { get; private set; }

    /// <summary>The peer has hung up, as apcupsd does at its end or when it is not asked for some time.</summary>
    public bool IsHungUp => isHungUp();

    /// <param name="lastGood">Serves when the name cannot be resolved, as it may be in an outage.</param>
    /// <exception cref="DeviceException">Unreachable, or Timeout.</exception>
    public static async Task<NisConnection> OpenAsync(
        NisEndpoint endpoint,
        IPAddress? lastGood,
        TimeProvider time,
        CancellationToken ct
    )
    {
        using var limit = new CancellationTokenSource(NisLimits.Connect, time);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(
                await ResolveAsync(endpoint, lastGood, limited.Token),
                endpoint.Port,
                limited.Token
            );
            return new NisConnection(
                new NetworkStream(socket, ownsSocket: true),
                () => socket.Poll(0, SelectMode.SelectRead),
                (socket.RemoteEndPoint as IPEndPoint)?.Address,
                time
            );
        }
        catch (Exception e)
        {
            socket.Dispose();
            throw e switch
            {
                SocketException => new DeviceException(
                    DeviceFault.Unreachable,
                    $"Cannot connect to {endpoint}: {e.Message}.",
                    e
                ),
                OperationCanceledException when !ct.IsCancellationRequested => new DeviceException(
                    DeviceFault.Timeout,
                    $"No connection to {endpoint} within {NisLimits.Connect.TotalSeconds:0} s.",
                    e
                ),
                _ => e,
            };
        }
    }

    /// <summary>Sends one command and returns the text of the whole answer.</summary>
    /// <exception cref="DeviceException">The conversation broke, or was none.</exception>
    public async Task<string> AskAsync(string command, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(NisLimits.Answer, time);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        var inStep = false;
        try
        {
            await stream.WriteAsync(NisRecords.Request(command), limited.Token);
            var answer = await NisRecords.ReadAnswerAsync(stream, limited.Token);
            inStep = true;
            return answer;
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new DeviceException(
                DeviceFault.Timeout,
                $"No answer within {NisLimits.Answer.TotalSeconds:0} s (asked: {command}).",
                e
            );
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            throw new DeviceException(DeviceFault.Unreachable, $"The connection broke: {e.Message}", e);
        }
        finally
        {
            IsBroken |= !inStep;
        }
    }

    public ValueTask DisposeAsync()
    {
        IsBroken = true;
        return stream.DisposeAsync();
    }

    private static async Task<IPAddress[]> ResolveAsync(NisEndpoint endpoint, IPAddress? lastGood, CancellationToken ct)
    {
        if (IPAddress.TryParse(endpoint.Host, out var literal))
            return [literal];
        try
        {
            return await Dns.GetHostAddressesAsync(endpoint.Host, ct);
        }
        catch (SocketException) when (lastGood is not null)
        {
            return [lastGood];
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            throw new DeviceException(DeviceFault.Unreachable, $"Cannot resolve {endpoint.Host}: {e.Message}.", e);
        }
    }
}
