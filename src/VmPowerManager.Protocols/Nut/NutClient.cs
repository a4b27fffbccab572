using System.Net;

namespace VmPowerManager.Protocols.Nut;

/// <summary>What the server lets a user do, as far as it can be found out without doing it.</summary>
public enum NutCredential
{
    /// <summary>The server accepted the user for something privileged.</summary>
    Accepted,

    /// <summary>Wrong user or password, or a user with so few rights that none of the probes shows the difference.</summary>
    Denied,

    /// <summary>The server answers nothing that tells.</summary>
    Unknown,
}

/// <summary>A conversation with a NUT server, upsd (RFC 9271; NUT's docs/net-protocol.txt). Never sends LOGIN: that would
/// make a primary wait for us (but for a moment in <see cref="CheckLoginAsync"/>). One call at a time; after any failure but a plain ERR answer it <see cref="IsBroken"/>.</summary>
public sealed partial class NutClient : IAsyncDisposable
{
    private readonly NutEndpoint _endpoint;
    private readonly NutConnection _connection;
    private readonly NutTls _tls;

    internal NutClient(NutEndpoint endpoint, NutConnection connection, IPAddress? address)
    {
        _endpoint = endpoint;
        _connection = connection;
        _tls = new NutTls(endpoint);
        Address = address;
    }

    /// <summary>The address that the name led to.</summary>
    public IPAddress? Address { get; }

    /// <summary>SHA-256 of the server's certificate as <c>AA:BB:…</c>; null without TLS.</summary>
    public string? CertificateFingerprint => _tls.Fingerprint;

    public bool IsBroken => _connection.IsBroken;

    internal bool IsHungUp => _connection.IsHungUp;

    /// <summary>Connects, upgrades and signs in, as <paramref name="endpoint"/> says.</summary>
    /// <exception cref="DeviceException">With the step's own words.</exception>
    public static async Task<NutClient> OpenAsync(
        NutEndpoint endpoint,
        TimeProvider time,
        IPAddress? lastGood,
        CancellationToken ct
    )
    {
        var client = await ConnectAsync(endpoint, time, lastGood, ct);
        try
        {
            if (endpoint.StartTls)
                await client.StartTlsAsync(ct);
            if (endpoint.UserName is { Length: > 0 })
                await client.SignInAsync(ct);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens the TCP connection only.</summary>
    /// <param name="lastGood">Serves when the name cannot be resolved, as it may be in an outage.</param>
    /// <exception cref="DeviceException">Unreachable.</exception>
    public static async Task<NutClient> ConnectAsync(
        NutEndpoint endpoint,
        TimeProvider time,
        IPAddress? lastGood,
        CancellationToken ct
    )
    {
        var socket = await NutDial.ConnectAsync(endpoint, lastGood, ct);
        return new NutClient(
            endpoint,
            NutConnection.Over(socket, time),
            (socket.RemoteEndPoint as IPEndPoint)?.Address
        );
    }

    /// <exception cref="DeviceException">Unsupported: the server has no TLS; TrustChanged: another certificate.</exception>
    public async Task StartTlsAsync(CancellationToken ct)
    {
        var answer = await _connection.AskAsync("STARTTLS", ct);
        _connection.Expect(IsOk(answer), "STARTTLS", answer);
        await _connection.UpgradeAsync(_tls, ct);
    }

    /// <summary>Tells user and password. OK proves nothing: upsd checks them at the first privileged request, see
    /// <see cref="CheckCredentialsAsync"/>.</summary>
    public async Task SignInAsync(CancellationToken ct)
    {
        await ExpectOkAsync($"USERNAME {NutText.Word(_endpoint.UserName ?? "")}", "USERNAME", ct);
        _connection.Secret = _endpoint.Password;
        await ExpectOkAsync($"PASSWORD {NutText.Word(_endpoint.Password ?? "")}", "PASSWORD", ct);
    }

    /// <summary>Asks for something harmless that needs a right: to set a variable that does not exist, then to be called
    /// primary. (INSTCMD does not serve: upsd looks for the command first, then at the password. Tried with 2.8.0.)</summary>
    /// <exception cref="NutDataStaleException">The server has lost the UPS.</exception>
    public async Task<NutCredential> CheckCredentialsAsync(string ups, CancellationToken ct)
    {
        string[] probes =
        [
            $"SET VAR {NutText.Word(ups)} vmhpm.credential.check 1",
            $"PRIMARY {NutText.Word(ups)}",
            $"MASTER {NutText.Word(ups)}",
        ];
        var denied = false;
        foreach (var probe in probes)
        {
            try
            {
                if (IsOk(await _connection.AskAsync(probe, ct)))
                    return NutCredential.Accepted;
            }
            catch (DeviceException e) when (e.Fault == DeviceFault.AuthenticationFailed)
            {
                denied = true;
            }
            catch (DeviceException e) when (NutErrors.Is(e, NutErrors.VarNotSupported))
            {
                return NutCredential.Accepted;
            }
            catch (DeviceException e) when (e.Fault is DeviceFault.Unsupported or DeviceFault.Refused)
            {
                // An older or foreign server does not know this one; the next may tell.
            }
        }
        return denied ? NutCredential.Denied : NutCredential.Unknown;
    }

    /// <summary>Whether the server lets this user in as a client of <paramref name="ups"/>, which takes the right name and
    /// password and an <c>upsmon</c> role, but no further right. Counts as a client for the moment until LOGOUT, which the
    /// server answers by closing the connection: this is the last call.</summary>
    /// <exception cref="NutDataStaleException">The server has lost the UPS.</exception>
    public async Task<bool> CheckLoginAsync(string ups, CancellationToken ct)
    {
        try
        {
            await ExpectOkAsync($"LOGIN {NutText.Word(ups)}", $"LOGIN {ups}", ct);
        }
        catch (DeviceException e)
            when (e.Fault is DeviceFault.AuthenticationFailed or DeviceFault.Refused or DeviceFault.Unsupported)
        {
            return false;
        }
        await ExpectOkAsync("LOGOUT", "LOGOUT", ct);
        return true;
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task ExpectOkAsync(string request, string shown, CancellationToken ct)
    {
        var answer = await _connection.AskAsync(request, ct, shown);
        _connection.Expect(IsOk(answer), shown, answer);
    }

    /// <summary>The word after the leading ones, which must be <paramref name="leading"/>. It is a name that may be sent
    /// back, so it must not hold what ends a line.</summary>
    private string Field(IReadOnlyList<string> row, string asked, params ReadOnlySpan<string> leading)
    {
        var fits = row.Count > leading.Length;
        for (var i = 0; fits && i < leading.Length; i++)
            fits = IsSame(row[i], leading[i]);
        fits = fits && !row[leading.Length].Any(char.IsControl);
        _connection.Expect(fits, asked, string.Join(' ', row));
        return row[leading.Length];
    }

    private static bool IsOk(string answer) => answer == "OK" || answer.StartsWith("OK ", StringComparison.Ordinal);

    private static bool IsSame(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);
}
