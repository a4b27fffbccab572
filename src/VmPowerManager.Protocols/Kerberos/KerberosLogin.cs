namespace VmPowerManager.Protocols.Kerberos;

/// <summary>A user's login at a realm, kept: its KDC may be among what goes down, and tickets are good for hours. Any
/// thread.</summary>
/// <param name="userName"><c>user@REALM</c>; the realm is taken in capitals, as those of Windows domains are.</param>
public sealed class KerberosLogin(string userName, string password, TimeProvider time) : IDisposable
{
    /// <summary>A younger ticket is got so early that the one that there is stays good for hours.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromHours(1);

    /// <summary>The library asks each KDC several times before it gives up.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly Lock _gate = new();
    private Task<byte[]>? _running;
    private (GssCredentials Credentials, long At)? _had;

    /// <summary>Whether a user name says whose realm it is of.</summary>
    public static bool IsPrincipal(string userName) =>
        userName.Split('@') is [{ Length: > 0 } user, { Length: > 0 }] && user.IndexOfAny(['\\', '/']) < 0;

    /// <summary>A token for the HTTP service of a host, good for one request.</summary>
    /// <param name="host">A name: addresses have no tickets.</param>
    /// <exception cref="KerberosException">With Kerberos' own words.</exception>
    public async Task<byte[]> TokenAsync(string host, CancellationToken ct)
    {
        if (!IsPrincipal(userName))
            throw new KerberosException("Kerberos needs the realm in the user name: user@REALM.", ofTheLogin: false);
        var (user, realm) = userName.Split('@') is [var u, var r] ? (u, r.ToUpperInvariant()) : ("", "");
        using var limit = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            while (true)
            {
                var (running, mine) = Begin($"{user}@{realm}", $"HTTP/{host}@{realm}");
                var token = await running.WaitAsync(both.Token);
                // Somebody else's is used up.
                if (mine)
                    return token;
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new KerberosException(
                $"no KDC of {realm} answered within {Patience.TotalSeconds:0} s",
                ofTheLogin: false
            );
        }
    }

    public void Dispose()
    {
        lock (_gate)
            _had?.Credentials.Dispose();
    }

    /// <summary>One at a time: the library blocks, and what hangs in it must not take a thread for each who waits.</summary>
    private (Task<byte[]> Running, bool Mine) Begin(string principal, string service)
    {
        lock (_gate)
        {
            if (_running is { IsCompleted: false } running)
                return (running, false);
            _running = Task.Run(() => Token(principal, service));
            return (_running, true);
        }
    }

    private byte[] Token(string principal, string service)
    {
        try
        {
            return Known(service) ?? Anew(principal, service);
        }
        catch (GssException e)
        {
            throw new KerberosException(e.Message, e.IsOfTheLogin, e);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            throw new KerberosException(
                "the library libgssapi_krb5.so.2 is missing on this machine (package libgssapi-krb5-2)",
                ofTheLogin: false,
                e
            );
        }
    }

    /// <summary>By the ticket that there is; null: there is none, or it is old.</summary>
    private byte[]? Known(string service)
    {
        if (_had is not var (credentials, at) || time.GetElapsedTime(at) >= Fresh)
            return null;
        try
        {
            return Gss.TokenFor(credentials, service);
        }
        catch (GssException e) when (e.IsExpired)
        {
            return null;
        }
    }

    private byte[] Anew(string principal, string service)
    {
        GssCredentials? made = null;
        try
        {
            made = Gss.LogIn(principal, password);
            var token = Gss.TokenFor(made, service);
            lock (_gate)
            {
                _had?.Credentials.Dispose();
                _had = (made, time.GetTimestamp());
            }
            return token;
        }
        // What we had serves where its KDC is gone.
        catch (GssException e) when (!e.IsOfTheLogin && _had is not null)
        {
            made?.Dispose();
            return Old(service) ?? throw new GssException(e.Message, e.Code);
        }
        catch (GssException)
        {
            made?.Dispose();
            throw;
        }
    }

    private byte[]? Old(string service)
    {
        try
        {
            return _had is var (credentials, _) ? Gss.TokenFor(credentials, service) : null;
        }
        catch (GssException)
        {
            return null;
        }
    }
}

/// <summary>Kerberos gives no token, and says why.</summary>
/// <param name="ofTheLogin">User or password were refused: each such attempt counts where accounts are locked.</param>
public sealed class KerberosException(string message, bool ofTheLogin, Exception? inner = null)
    : Exception(message, inner)
{
    public bool OfTheLogin { get; } = ofTheLogin;
}
