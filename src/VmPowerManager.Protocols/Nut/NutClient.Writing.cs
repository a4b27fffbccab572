namespace VmPowerManager.Protocols.Nut;

/// <summary>How far the device has come with what it was told.</summary>
public enum NutProgress
{
    /// <summary>The driver has not answered yet.</summary>
    Pending,

    /// <summary>The driver has done it.</summary>
    Done,

    /// <summary>This server cannot tell.</summary>
    Unknown,
}

/// <summary>What changes something.</summary>
public sealed partial class NutClient
{
    private const string Receipt = "TRACKING";

    /// <summary>Whether the server tells on this connection what becomes of a command (protocol 1.3); null: not asked yet.</summary>
    private bool? _tracks;

    /// <summary>Runs an instant command. Returning means accepted by upsd, not done by the device.</summary>
    /// <returns>What to ask <see cref="GetProgressAsync"/> with; null where the server cannot tell what becomes of it.</returns>
    /// <exception cref="DeviceException">The server's own words.</exception>
    /// <exception cref="NutDataStaleException">The server has lost the UPS.</exception>
    public Task<string?> RunCommandAsync(string ups, string command, string? value, CancellationToken ct)
    {
        var request = $"INSTCMD {NutText.Word(ups)} {NutText.Word(command)}";
        return TellAsync(value is null ? request : $"{request} {NutText.Word(value)}", request, ct);
    }

    /// <summary>Sets a writable variable. Returning means accepted by upsd.</summary>
    /// <returns>As <see cref="RunCommandAsync"/>.</returns>
    /// <exception cref="DeviceException">The server's own words.</exception>
    /// <exception cref="NutDataStaleException">The server has lost the UPS.</exception>
    public Task<string?> SetVariableAsync(string ups, string variable, string value, CancellationToken ct)
    {
        var request = $"SET VAR {NutText.Word(ups)} {NutText.Word(variable)}";
        return TellAsync($"{request} {NutText.Word(value)}", request, ct);
    }

    /// <summary>What became of it.</summary>
    /// <exception cref="DeviceException">Refused: the device did not do it (<c>ERR FAILED</c>, <c>ERR UNKNOWN</c>,
    /// <c>ERR INVALID-ARGUMENT</c>).</exception>
    public async Task<NutProgress> GetProgressAsync(string receipt, CancellationToken ct)
    {
        // The connection may be another one than the command went over.
        if (!await TracksAsync(ct))
            return NutProgress.Unknown;
        var asked = $"GET {Receipt} {NutText.Word(receipt)}";
        // Nobody can make anything of the receipt's number.
        const string shown = $"GET {Receipt}";
        var answer = (await _connection.AskAsync(asked, ct, shown)).Trim();
        _connection.Expect(answer is "PENDING" or "SUCCESS", shown, answer);
        return answer == "SUCCESS" ? NutProgress.Done : NutProgress.Pending;
    }

    private async Task<string?> TellAsync(string request, string shown, CancellationToken ct)
    {
        await TracksAsync(ct);
        var answer = await _connection.AskAsync(request, ct, shown);
        _connection.Expect(IsOk(answer), shown, answer);
        if (_connection.Words(answer) is not ["OK", Receipt, var receipt, ..])
            return null;
        _connection.Expect(!receipt.Any(char.IsControl), shown, answer);
        return receipt;
    }

    /// <summary>Asks once a connection for receipts. A server before 2.8.0 says ERR, which changes nothing.</summary>
    private async Task<bool> TracksAsync(CancellationToken ct)
    {
        if (_tracks is { } known)
            return known;
        try
        {
            await ExpectOkAsync($"SET {Receipt} ON", $"SET {Receipt} ON", ct);
            _tracks = true;
        }
        catch (DeviceException e)
            when (e.Fault is DeviceFault.AuthenticationFailed or DeviceFault.Refused or DeviceFault.Unsupported)
        {
            _tracks = false;
        }
        return _tracks.Value;
    }
}
