namespace VmPowerManager.Protocols.Nut;

/// <summary>A device as <c>LIST UPS</c> tells it.</summary>
public sealed record NutUps(string Name, string Description);

/// <summary>A writable variable and what it holds.</summary>
public sealed record NutVariable(string Name, string Value);

/// <summary>From one bound to the other, both allowed, as the server writes them.</summary>
public sealed record NutRange(string Least, string Most);

/// <summary>What may be written to a variable, as <c>GET TYPE</c> tells it (RFC 9271, section 4.2.3.4).</summary>
/// <param name="Words">In upper case: <c>RW</c>, <c>ENUM</c>, <c>RANGE</c>, <c>STRING:8</c>, <c>NUMBER</c>.</param>
public sealed record NutType(IReadOnlyList<string> Words)
{
    private const string Text = "STRING:";

    public bool HasChoices => Words.Contains("ENUM");
    public bool HasRanges => Words.Contains("RANGE");
    public bool IsNumber => Words.Contains("NUMBER");

    /// <summary>Characters that a text may have; null where the server does not say, or it is none.</summary>
    public int? LongestText =>
        Words.FirstOrDefault(word => word.StartsWith(Text, StringComparison.Ordinal)) is { } text
        && int.TryParse(text.AsSpan(Text.Length), System.Globalization.CultureInfo.InvariantCulture, out var longest)
        && longest > 0
            ? longest
            : null;
}

/// <summary>What can be asked.</summary>
public sealed partial class NutClient
{
    /// <summary>All devices of the server.</summary>
    public async Task<IReadOnlyList<NutUps>> ListUpsAsync(CancellationToken ct)
    {
        var rows = await _connection.ListAsync("UPS", ct);
        return
        [
            .. rows.Select(row => new NutUps(Field(row, "LIST UPS", "UPS"), Told(row.ElementAtOrDefault(2)) ?? "")),
        ];
    }

    /// <summary>All variables of a device, by name.</summary>
    /// <exception cref="NutDataStaleException">The server has lost the UPS.</exception>
    public async Task<IReadOnlyDictionary<string, string>> ListVariablesAsync(string ups, CancellationToken ct)
    {
        var what = $"VAR {NutText.Word(ups)}";
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var row in await _connection.ListAsync(what, ct))
            variables[Field(row, $"LIST {what}", "VAR", ups)] = row.ElementAtOrDefault(3) ?? "";
        return variables;
    }

    /// <summary>One variable; null when the device has none of that name.</summary>
    /// <exception cref="NutDataStaleException">The server has lost the UPS.</exception>
    public async Task<string?> GetVariableAsync(string ups, string variable, CancellationToken ct)
    {
        var asked = $"GET VAR {NutText.Word(ups)} {NutText.Word(variable)}";
        string answer;
        try
        {
            answer = await _connection.AskAsync(asked, ct);
        }
        catch (DeviceException e) when (NutErrors.Is(e, NutErrors.VarNotSupported))
        {
            return null;
        }
        var row = _connection.Words(answer);
        _connection.Expect(row.Count == 4 && IsSame(Field(row, asked, "VAR", ups), variable), asked, answer);
        return row[3];
    }

    /// <summary>Names of the instant commands of a device.</summary>
    /// <exception cref="NutDataStaleException">The server has lost the UPS.</exception>
    public async Task<IReadOnlyList<string>> ListCommandsAsync(string ups, CancellationToken ct)
    {
        var what = $"CMD {NutText.Word(ups)}";
        return [.. (await _connection.ListAsync(what, ct)).Select(row => Field(row, $"LIST {what}", "CMD", ups))];
    }

    /// <summary>The variables of a device that may be set.</summary>
    /// <exception cref="NutDataStaleException">The server has lost the UPS.</exception>
    public async Task<IReadOnlyList<NutVariable>> ListWritableAsync(string ups, CancellationToken ct)
    {
        var what = $"RW {NutText.Word(ups)}";
        var rows = await _connection.ListAsync(what, ct);
        return
        [
            .. rows.Select(row => new NutVariable(
                Field(row, $"LIST {what}", "RW", ups),
                row.ElementAtOrDefault(3) ?? ""
            )),
        ];
    }

    /// <exception cref="NutDataStaleException">The server has lost the UPS.</exception>
    public async Task<NutType> GetTypeAsync(string ups, string variable, CancellationToken ct)
    {
        var row = await GetAsync("TYPE", ups, variable, ct);
        return new NutType([.. row.Skip(3).Select(word => word.ToUpperInvariant())]);
    }

    /// <summary>What a variable means, in the server's words; null where it has none.</summary>
    /// <exception cref="NutDataStaleException">The server has lost the UPS.</exception>
    public Task<string?> GetDescriptionAsync(string ups, string variable, CancellationToken ct) =>
        GetWordsAsync("DESC", ups, variable, ct);

    /// <summary>What a command does, in the server's words; null where it has none.</summary>
    /// <exception cref="NutDataStaleException">The server has lost the UPS.</exception>
    public Task<string?> GetCommandDescriptionAsync(string ups, string command, CancellationToken ct) =>
        GetWordsAsync("CMDDESC", ups, command, ct);

    /// <summary>The values that a variable may take.</summary>
    /// <exception cref="NutDataStaleException">The server has lost the UPS.</exception>
    public async Task<IReadOnlyList<string>> ListChoicesAsync(string ups, string variable, CancellationToken ct)
    {
        var what = $"ENUM {NutText.Word(ups)} {NutText.Word(variable)}";
        var rows = await _connection.ListAsync(what, ct);
        return [.. rows.Select(row => Field(row, $"LIST {what}", "ENUM", ups, variable))];
    }

    /// <summary>The ranges that a variable's value may lie in.</summary>
    /// <exception cref="NutDataStaleException">The server has lost the UPS.</exception>
    public async Task<IReadOnlyList<NutRange>> ListRangesAsync(string ups, string variable, CancellationToken ct)
    {
        var what = $"RANGE {NutText.Word(ups)} {NutText.Word(variable)}";
        var ranges = new List<NutRange>();
        foreach (var row in await _connection.ListAsync(what, ct))
        {
            var least = Field(row, $"LIST {what}", "RANGE", ups, variable);
            _connection.Expect(row.Count > 4, $"LIST {what}", string.Join(' ', row));
            ranges.Add(new NutRange(least, row[4]));
        }
        return ranges;
    }

    private async Task<string?> GetWordsAsync(string what, string ups, string name, CancellationToken ct) =>
        Told((await GetAsync(what, ups, name, ct)).ElementAtOrDefault(3));

    /// <summary>upsd has words for a description that it does not have.</summary>
    private static string? Told(string? description) =>
        description?.Trim() is { Length: > 0 } words
        && !IsSame(words, "Description unavailable")
        && !IsSame(words, "Unavailable")
            ? words
            : null;

    /// <summary>The words of the answer to <c>GET what ups name</c>, which begins with the same three.</summary>
    private async Task<IReadOnlyList<string>> GetAsync(string what, string ups, string name, CancellationToken ct)
    {
        var asked = $"GET {what} {NutText.Word(ups)} {NutText.Word(name)}";
        var answer = await _connection.AskAsync(asked, ct);
        var row = _connection.Words(answer);
        _connection.Expect(IsSame(Field(row, asked, what, ups), name), asked, answer);
        return row;
    }
}
