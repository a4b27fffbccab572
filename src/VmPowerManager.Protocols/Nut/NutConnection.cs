using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Text;

namespace VmPowerManager.Protocols.Nut;

/// <summary>One socket to upsd: a line out, a line or a list in. Calls must not overlap. Any failure but an ERR answer
/// leaves request and answer out of step, so the connection is then <see cref="IsBroken"/> and of no more use.</summary>
internal sealed class NutConnection(Stream stream, Func<bool> isHungUp, TimeProvider time) : IAsyncDisposable
{
    private Stream _stream = stream;

    public bool IsBroken { get; private set; }

    /// <summary>What the server was sent and may quote: not to be told.</summary>
    public string? Secret { get; set; }

    /// <summary>The peer has hung up, as upsd does after 60 s of silence. Only a hint: TLS hides it.</summary>
    public bool IsHungUp => isHungUp();

    [AllowNull]
    private NutLineReader Lines
    {
        get => field ??= new NutLineReader(_stream);
        set;
    }

    public static NutConnection Over(Socket socket, TimeProvider time) =>
        new(
            new NetworkStream(socket, ownsSocket: true),
            () => socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0,
            time
        );

    /// <summary>Sends one request and returns the one line that answers it.</summary>
    /// <param name="shown">The request for messages, where it holds a secret.</param>
    /// <exception cref="DeviceException">The server said ERR, or the conversation broke.</exception>
    /// <exception cref="NutDataStaleException">The server has lost the UPS.</exception>
    public Task<string> AskAsync(string request, CancellationToken ct, string? shown = null) =>
        GuardedAsync(shown ?? request, limited => ExchangeAsync(request, shown ?? request, limited), ct);

    /// <summary>Sends <c>LIST what</c> and returns its rows as words, without BEGIN and END.</summary>
    /// <exception cref="DeviceException">The server said ERR, or the conversation broke.</exception>
    /// <exception cref="NutDataStaleException">The server has lost the UPS.</exception>
    public Task<IReadOnlyList<IReadOnlyList<string>>> ListAsync(string what, CancellationToken ct) =>
        GuardedAsync($"LIST {what}", limited => ReadListAsync(what, limited), ct);

    /// <summary>Changes to TLS after the server agreed.</summary>
    public Task UpgradeAsync(NutTls tls, CancellationToken ct) =>
        GuardedAsync(
            "STARTTLS",
            async limited =>
            {
                // What came before the handshake would be read as if it had been encrypted.
                if (Lines.HasUnread)
                    throw new DeviceException(DeviceFault.ProtocolError, "The server sent data ahead of TLS.");
                _stream = await tls.UpgradeAsync(_stream, limited);
                Lines = null;
                return true;
            },
            ct
        );

    public ValueTask DisposeAsync()
    {
        IsBroken = true;
        return _stream.DisposeAsync();
    }

    private async Task<IReadOnlyList<IReadOnlyList<string>>> ReadListAsync(string what, CancellationToken ct)
    {
        var begin = await ExchangeAsync($"LIST {what}", $"LIST {what}", ct);
        Expect(IsSame(begin, $"BEGIN LIST {what}"), $"LIST {what}", begin);
        var rows = new List<IReadOnlyList<string>>();
        var bytes = 0;
        while (true)
        {
            var line = await Lines.ReadAsync(ct);
            if (IsSame(line, $"END LIST {what}"))
                return rows;
            // upsd can lose a device between two rows.
            ThrowIfError($"LIST {what}", line);
            bytes += line.Length;
            if (rows.Count >= NutLimits.ListRows || bytes > NutLimits.ListBytes)
                throw new DeviceException(DeviceFault.ProtocolError, $"The answer to LIST {what} does not end.");
            rows.Add(NutText.Split(line));
        }
    }

    private async Task<string> ExchangeAsync(string request, string shown, CancellationToken ct)
    {
        // Left-over bytes answer nothing that we asked.
        Expect(!Lines.HasUnread, shown, "(unasked data)");
        await _stream.WriteAsync(Encoding.UTF8.GetBytes(request + "\n"), ct);
        var line = await Lines.ReadAsync(ct);
        ThrowIfError(shown, line);
        return line;
    }

    private void ThrowIfError(string shown, string line)
    {
        if (line.StartsWith("ERR", StringComparison.Ordinal))
            throw NutErrors.From(shown, Tellable(line));
    }

    private string Tellable(string line) => Secret is null ? line : PeerWords.Without(line, [Secret]);

    /// <summary>The answer is none that NUT gives to this request: nothing that follows can be trusted.</summary>
    public void Expect(bool holds, string shown, string line)
    {
        if (holds)
            return;
        IsBroken = true;
        throw new DeviceException(
            DeviceFault.ProtocolError,
            $"Not an answer of a NUT server: \"{NutText.Shown(Tellable(line))}\" (asked: {shown})."
        );
    }

    /// <summary>Splits an answer; one that cannot be split ends the conversation.</summary>
    public IReadOnlyList<string> Words(string line)
    {
        try
        {
            return NutText.Split(line);
        }
        catch (DeviceException)
        {
            IsBroken = true;
            throw;
        }
    }

    private static bool IsSame(string line, string expected) =>
        line.TrimEnd().Equals(expected, StringComparison.OrdinalIgnoreCase);

    /// <summary>Gives the exchange its time limit and sorts what can go wrong.</summary>
    private async Task<T> GuardedAsync<T>(string shown, Func<CancellationToken, Task<T>> exchange, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(NutLimits.Answer, time);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        var inStep = false;
        try
        {
            var answer = await exchange(limited.Token);
            inStep = true;
            return answer;
        }
        catch (NutDataStaleException)
        {
            inStep = true;
            throw;
        }
        catch (DeviceException e)
        {
            inStep = e.Fault is DeviceFault.AuthenticationFailed or DeviceFault.Refused or DeviceFault.Unsupported;
            throw;
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new DeviceException(
                DeviceFault.Timeout,
                $"No answer within {NutLimits.Answer.TotalSeconds:0} s (asked: {shown}).",
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
}
