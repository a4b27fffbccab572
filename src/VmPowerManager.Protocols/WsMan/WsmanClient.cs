using System.Collections.Concurrent;
using VmPowerManager.Protocols.Kerberos;
using VmPowerManager.Protocols.Tls;

namespace VmPowerManager.Protocols.WsMan;

/// <summary>Runs commands at one WinRM service, in shells that are kept for the next command. Any thread.</summary>
public sealed class WsmanClient : IAsyncDisposable
{
    private readonly WsmanTransport _transport;
    private readonly TimeProvider _time;
    private readonly WsmanLimits _limits;
    private readonly SemaphoreSlim _places;
    private readonly SemaphoreSlim _orders;
    private readonly WsmanDoor _door;
    private readonly ConcurrentStack<WsmanShell> _idle = new();
    private readonly ConcurrentDictionary<Task, byte> _closing = new();
    private volatile bool _ending;
    private long _usedAt;

    /// <param name="http">Of this one server; not disposed.</param>
    /// <param name="kerberos">A login that is kept for others as well; null: one of its own.</param>
    public WsmanClient(
        HttpClient http,
        WsmanEndpoint endpoint,
        WsmanLimits limits,
        TimeProvider time,
        KerberosLogin? kerberos = null
    )
    {
        if (endpoint.Authentication == WsmanAuthentication.Kerberos)
            kerberos ??= new KerberosLogin(endpoint.UserName, endpoint.Password, time);
        (_time, _limits, _usedAt) = (time, limits, time.GetTimestamp());
        _transport = new WsmanTransport(http, endpoint, limits, time, kerberos);
        _places = new SemaphoreSlim(limits.Shells, limits.Shells);
        _orders = new SemaphoreSlim(Math.Max(1, limits.Shells - limits.ForQuestions));
        _door = new WsmanDoor(limits, time);
    }

    /// <summary>Nothing runs, and nothing did for <see cref="WsmanLimits.Idle"/>.</summary>
    internal bool IsUnused =>
        _places.CurrentCount == _limits.Shells
        && !_door.IsShut
        && _time.GetElapsedTime(Volatile.Read(ref _usedAt)) >= _limits.Idle;

    /// <summary>Runs a program (by cmd.exe: at most 8,191 characters in all) and waits for its end. Cancelled, it is
    /// told to terminate and its shell is deleted, which is not waited for; one whose connection was lost goes on.</summary>
    /// <exception cref="DeviceException">As HTTP's; Timeout, AuthenticationFailed, Refused, ProtocolError. A
    /// <see cref="WsmanException"/> tells by <see cref="WsmanException.Begun"/> whether the program had started.</exception>
    /// <remarks>After a refused login it throws that again for <see cref="WsmanLimits.LoginPause"/>, without asking.</remarks>
    public async Task<WsmanResult> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken ct)
    {
        await _orders.WaitAsync(ct);
        try
        {
            return await AskAsync(program, arguments, ct);
        }
        finally
        {
            _orders.Release();
        }
    }

    /// <summary>As <see cref="RunAsync"/>, of a program that only looks: it finds a place where orders have to wait.</summary>
    public async Task<WsmanResult> AskAsync(string program, IReadOnlyList<string> arguments, CancellationToken ct)
    {
        await _places.WaitAsync(ct);
        try
        {
            Volatile.Write(ref _usedAt, _time.GetTimestamp());
            return await _door.PassAsync(entered => EnterAsync(entered, program, arguments, ct), ct);
        }
        finally
        {
            Volatile.Write(ref _usedAt, _time.GetTimestamp());
            _places.Release();
        }
    }

    /// <summary>Deletes shells that nobody used for <see cref="WsmanLimits.Idle"/>.</summary>
    public void Tidy()
    {
        var kept = new List<WsmanShell>();
        while (_idle.TryPop(out var shell))
            if (IsFresh(shell))
                kept.Add(shell);
            else
                Close(shell);
        foreach (var shell in Enumerable.Reverse(kept))
            _idle.Push(shell);
    }

    /// <summary>Deletes its shells. What still runs ends as it would; its shells are deleted then.</summary>
    public async ValueTask DisposeAsync()
    {
        _ending = true;
        while (_idle.TryPop(out var shell))
            Close(shell);
        await Task.WhenAll(_closing.Keys);
    }

    /// <param name="entered">To be called once we are in, whatever becomes of the program.</param>
    private async Task<WsmanResult> EnterAsync(
        Action entered,
        string program,
        IReadOnlyList<string> arguments,
        CancellationToken ct
    )
    {
        if (TakeIdle() is { } known)
            try
            {
                entered();
                return await RunInAsync(known, program, arguments, ct);
            }
            // It idled too long, or the machine was restarted: the program was not begun.
            catch (WsmanException e) when (!e.Begun && e.Code is WsmanFault.ShellNotFound) { }
        var shell = await WsmanShell.OpenAsync(_transport, ct);
        entered();
        return await RunInAsync(shell, program, arguments, ct);
    }

    private async Task<WsmanResult> RunInAsync(
        WsmanShell shell,
        string program,
        IReadOnlyList<string> arguments,
        CancellationToken ct
    )
    {
        try
        {
            var result = await shell.RunAsync(program, arguments, ct);
            if (_ending || shell.IsBroken)
                Close(shell);
            else
                _idle.Push(shell);
            return result;
        }
        // The connection was lost: what had begun goes on, as the machine's own shutdown must, and the shell ends by its
        // idling.
        catch (WsmanException e) when (e is { Begun: true, InnerException: HttpDeviceException })
        {
            throw;
        }
        catch
        {
            Close(shell);
            throw;
        }
    }

    private WsmanShell? TakeIdle()
    {
        while (_idle.TryPop(out var shell))
        {
            if (IsFresh(shell))
                return shell;
            Close(shell);
        }
        return null;
    }

    private bool IsFresh(WsmanShell shell) => _time.GetElapsedTime(shell.UsedAt) < _limits.Idle;

    private void Close(WsmanShell shell)
    {
        var closing = Task.Run(shell.CloseAsync);
        _closing.TryAdd(closing, 0);
        _ = closing.ContinueWith(done => _closing.TryRemove(done, out _), TaskScheduler.Default);
    }
}
