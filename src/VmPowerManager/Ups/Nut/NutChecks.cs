using VmPowerManager.Core;
using VmPowerManager.Core.Power;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Nut;

namespace VmPowerManager.Ups.Nut;

/// <summary>What a person wants to know before a UPS is saved, over a connection of its own: connect, TLS, the UPS, the
/// login, a reading. Stops at the first that fails.</summary>
internal sealed class NutChecks(NutSettings settings, NutEndpoint endpoint, TimeProvider time)
{
    private readonly List<UpsCheck> _checks = [];
    private NutClient? _client;

    /// <summary>What the running step found out and a person may take over.</summary>
    private KeyValuePair<string, string>? _offer;

    public async Task<IReadOnlyList<UpsCheck>> RunAsync(CancellationToken ct)
    {
        try
        {
            if (!await StepAsync("connect", ConnectAsync, ct))
                return _checks;
            if (endpoint.StartTls && !await StepAsync("tls", TlsAsync, ct))
                return _checks;
            if (!await StepAsync("ups", UpsAsync, ct))
                return _checks;
            if (endpoint.UserName is not null && !await StepAsync("login", LoginAsync, ct))
                return _checks;
            await StepAsync("read", ReadAsync, ct);
            return _checks;
        }
        finally
        {
            if (_client is not null)
                await _client.DisposeAsync();
        }
    }

    /// <summary>Every step but the first runs after <see cref="ConnectAsync"/>.</summary>
    private NutClient Client => _client ?? throw new InvalidOperationException("Not connected.");

    private async Task<bool> StepAsync(
        string name,
        Func<CancellationToken, Task<(CheckState, Sentence)>> step,
        CancellationToken ct
    )
    {
        try
        {
            var (state, says) = await step(ct);
            _checks.Add(new UpsCheck(name, state, says) { Offer = _offer });
            _offer = null;
        }
        catch (DeviceException e)
        {
            _checks.Add(new UpsCheck(name, CheckState.Failed, Sentence.Verbatim(e.Message)));
        }
        catch (NutDataStaleException e)
        {
            _checks.Add(new UpsCheck(name, CheckState.Failed, Sentence.Verbatim(e.Message)));
        }
        return _checks[^1].State != CheckState.Failed;
    }

    private async Task<(CheckState, Sentence)> ConnectAsync(CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5), time);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            _client = await NutClient.ConnectAsync(endpoint, time, lastGood: null, limited.Token);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new DeviceException(DeviceFault.Timeout, $"No connection to {endpoint} within 5 s.", e);
        }
        return (CheckState.Ok, Sentence.Of($"Connected to {endpoint}."));
    }

    private async Task<(CheckState, Sentence)> TlsAsync(CancellationToken ct)
    {
        await Client.StartTlsAsync(ct);
        if (endpoint.CertificateFingerprint is null && Client.CertificateFingerprint is { } seen)
            _offer = new("certificateFingerprint", seen);
        return endpoint.CertificateFingerprint is null
            ? (
                CheckState.Warning,
                Sentence.Of(
                    $"Encrypted, but any certificate is taken. This one is SHA-256 {Client.CertificateFingerprint}."
                )
            )
            : (CheckState.Ok, Sentence.Of($"The certificate is the pinned one."));
    }

    private async Task<(CheckState, Sentence)> UpsAsync(CancellationToken ct)
    {
        try
        {
            await Client.GetVariableAsync(settings.UpsName, NutReadings.Status, ct);
            return (CheckState.Ok, Sentence.Of($"The server knows {settings.UpsName}."));
        }
        catch (DeviceException e) when (e.Fault == DeviceFault.Refused)
        {
            var names = (await Client.ListUpsAsync(ct)).Select(ups => ups.Name).Order(StringComparer.Ordinal).Take(50);
            throw new DeviceException(e.Fault, $"{e.Message}. It has: {string.Join(", ", names)}.", e);
        }
    }

    private async Task<(CheckState, Sentence)> LoginAsync(CancellationToken ct)
    {
        await Client.SignInAsync(ct);
        return await Client.CheckCredentialsAsync(settings.UpsName, ct) switch
        {
            NutCredential.Accepted => (CheckState.Ok, Sentence.Of($"The server accepts {settings.UserName}.")),
            NutCredential.Denied when await MayLogInAsync(ct) => (
                CheckState.Warning,
                Sentence.Of(
                    $"The server accepts {settings.UserName}, but as an upsmon secondary only: enough to read; commands and settings need instcmds and actions = SET."
                )
            ),
            NutCredential.Denied => (
                CheckState.Failed,
                Sentence.Of(
                    $"ERR ACCESS-DENIED for {settings.UserName}: wrong user name or password, or a user with no right that can be tried without harm (actions = SET, or an upsmon role). Reading needs no user: leave both empty to only read."
                )
            ),
            _ => (CheckState.Warning, Sentence.Of($"The server does not tell whether user and password are right.")),
        };
    }

    /// <summary>The last proof of name and password. It ends the connection, so the next step needs another.</summary>
    private async Task<bool> MayLogInAsync(CancellationToken ct)
    {
        var knows = await Client.CheckLoginAsync(settings.UpsName, ct);
        if (!knows)
            return false;
        await Client.DisposeAsync();
        _client = await NutClient.OpenAsync(endpoint, time, lastGood: null, ct);
        return true;
    }

    private async Task<(CheckState, Sentence)> ReadAsync(CancellationToken ct)
    {
        var variables = await Client.ListVariablesAsync(settings.UpsName, ct);
        var reading = NutReadings.Map(variables, time.GetUtcNow(), time.Elapsed());
        var status = variables.GetValueOrDefault(NutReadings.Status, "");
        return reading.Status == UpsStatus.None
            ? (CheckState.Warning, Sentence.Of($"{variables.Count} variables, but no usable status: \"{status}\"."))
            : (CheckState.Ok, Sentence.Of($"{variables.Count} variables, status {status}."));
    }
}
