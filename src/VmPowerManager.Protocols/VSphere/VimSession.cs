using System.Xml;

namespace VmPowerManager.Protocols.VSphere;

/// <summary>A login at one server, shared by all who talk to it: made with the first call, made anew when the server forgot
/// it. Any thread.</summary>
/// <param name="http">Of a <c>PinnedHttp</c>, without cookies of its own.</param>
/// <param name="refusal">Where a refused login is remembered; null: by this session alone.</param>
public sealed partial class VimSession(
    HttpClient http,
    VimEndpoint endpoint,
    VimLimits limits,
    TimeProvider time,
    VimRefusal? refusal = null
) : IDisposable
{
    private readonly VimWire _wire = new(http, endpoint, limits, time);
    private readonly SemaphoreSlim _login = new(1, 1);
    private readonly SemaphoreSlim _calls = new(limits.Calls, limits.Calls);
    private volatile Entry? _entry;
    private readonly VimRefusal _refused = refusal ?? new VimRefusal();

    public VimEndpoint Endpoint => endpoint;

    /// <summary>What the server says of itself; logs in where needed.</summary>
    /// <exception cref="DeviceException">As every call: AuthenticationFailed ...</exception>
    public async Task<VimContent> ContentAsync(CancellationToken ct) => (await EnterAsync(null, ct)).Content;

    /// <summary>Logs in anew, also right after a refusal: for a person who asks.</summary>
    public async Task<VimContent> LoginAsync(CancellationToken ct)
    {
        _refused.Clear();
        return (await EnterAsync(_entry, ct)).Content;
    }

    /// <summary>Ends the login, so that the server does not keep it for its half hour. Best effort, within a limit of its
    /// own.</summary>
    public async Task LogoutAsync(CancellationToken ct)
    {
        if (Interlocked.Exchange(ref _entry, null) is { } entry)
            await TidyAsync("Logout", entry.Content.SessionManager, entry, ct);
    }

    public void Dispose()
    {
        _login.Dispose();
        _calls.Dispose();
    }

    /// <summary>Calls a method; after NotAuthenticated once more with a new login.</summary>
    internal async Task<VimElement> CallAsync(
        string method,
        Func<VimContent, VimRef> target,
        Action<XmlWriter>? arguments,
        CancellationToken ct
    )
    {
        var entry = await EnterAsync(null, ct);
        try
        {
            return await BoundedAsync(method, entry, target, arguments, ct);
        }
        // The server refused it unread: nothing happened yet, whatever the method.
        catch (VimFault e) when (e.Name == "NotAuthenticated")
        {
            entry = await EnterAsync(entry, ct);
            return await BoundedAsync(method, entry, target, arguments, ct);
        }
    }

    /// <summary>A call whose end matters to nobody: the server forgot us already, or is gone, or takes too long. It logs
    /// nobody in.</summary>
    private async Task TidyAsync(string method, VimRef target, Entry entry, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(limits.Farewell, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            await _wire.CallAsync(method, target, null, entry.Cookie, both.Token);
        }
        catch (Exception e) when (e is DeviceException or OperationCanceledException or ObjectDisposedException) { }
    }

    private Task<VimElement> CallAsync(
        string method,
        VimRef target,
        Action<XmlWriter>? arguments,
        CancellationToken ct
    ) => CallAsync(method, _ => target, arguments, ct);

    private async Task<VimElement> BoundedAsync(
        string method,
        Entry entry,
        Func<VimContent, VimRef> target,
        Action<XmlWriter>? arguments,
        CancellationToken ct
    )
    {
        await _calls.WaitAsync(ct);
        try
        {
            var (response, _) = await _wire.CallAsync(method, target(entry.Content), arguments, entry.Cookie, ct);
            // Not every server refuses the question itself: some answer that no property may be read.
            return VimFaults.NotAuthenticatedIn(response) is { } fault ? throw fault : response;
        }
        finally
        {
            _calls.Release();
        }
    }

    /// <param name="stale">The login that is no good any more, or null.</param>
    private async Task<Entry> EnterAsync(Entry? stale, CancellationToken ct)
    {
        if (_entry is { } known && !ReferenceEquals(known, stale))
            return known;
        await _login.WaitAsync(ct);
        var held = true;
        try
        {
            if (_entry is { } meanwhile && !ReferenceEquals(meanwhile, stale))
                return meanwhile;
            if (_refused.Within(limits.LoginPause, time) is { } fault)
                throw new VimFault(fault.Name, $"{fault.Message} (not tried again for a while)", null);
            var (first, cookies) = await _wire.CallAsync(
                "RetrieveServiceContent",
                VimRef.ServiceInstance,
                null,
                null,
                ct
            );
            // From here on whoever asked may go: the login is made all the same, and is the next one's.
            var entering = LogInAsync(VimContent.Of(first), cookies);
            held = false;
            _ = entering.ContinueWith(ended => Leave(ended.Exception), TaskScheduler.Default);
            return await entering.WaitAsync(ct);
        }
        finally
        {
            if (held)
                _login.Release();
        }
    }

    /// <param name="_">Looked at, so that nobody takes it for one that was missed.</param>
    private void Leave(AggregateException? _)
    {
        try
        {
            _login.Release();
        }
        // The session was disposed meanwhile.
        catch (ObjectDisposedException) { }
    }

    private async Task<Entry> LogInAsync(VimContent content, IReadOnlyList<string> cookies)
    {
        using var limit = new CancellationTokenSource(limits.Login, time);
        try
        {
            var (login, more) = await _wire.CallAsync(
                "Login",
                content.SessionManager,
                xml =>
                {
                    xml.Text("userName", endpoint.UserName);
                    xml.Text("password", endpoint.Password);
                },
                Cookie(cookies),
                limit.Token
            );
            _refused.Clear();
            return _entry = new Entry(content, login["returnval"]?.TextOf("key") ?? "", Cookie([.. cookies, .. more]));
        }
        catch (VimFault e) when (e.Fault == DeviceFault.AuthenticationFailed)
        {
            _refused.Set(e, time);
            throw;
        }
        catch (OperationCanceledException e)
        {
            throw new DeviceException(
                DeviceFault.Timeout,
                $"{endpoint} did not answer Login within {limits.Login.TotalSeconds:0} s",
                e
            );
        }
    }

    /// <summary>The last one of each name counts.</summary>
    private static string? Cookie(IReadOnlyList<string> cookies)
    {
        var last = cookies.GroupBy(c => c.Split('=', 2)[0]).Select(g => g.Last());
        return cookies.Count == 0 ? null : string.Join("; ", last);
    }

    /// <param name="Key">The server's name for the session.</param>
    private sealed record Entry(VimContent Content, string Key, string? Cookie);
}
