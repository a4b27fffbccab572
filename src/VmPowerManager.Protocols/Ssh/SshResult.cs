namespace VmPowerManager.Protocols.Ssh;

/// <summary>What a command gave back.</summary>
/// <param name="ExitCode">Null when the server told none (a signal ended it).</param>
/// <param name="Signal">The signal that ended it, without <c>SIG</c>, or null.</param>
/// <param name="Truncated">One of the outputs was longer than <see cref="SshLimits.OutputBytes"/>.</param>
/// <param name="ConnectionId">Which connection carried it: changes with every new connection of this process.</param>
public sealed record SshResult(
    int? ExitCode,
    string? Signal,
    string Output,
    string Error,
    bool Truncated,
    long ConnectionId
)
{
    public bool Succeeded => ExitCode == 0;

    /// <summary>It said nothing.</summary>
    public bool Silent => string.IsNullOrWhiteSpace(Error) && string.IsNullOrWhiteSpace(Output);

    /// <summary>The command's own words about a failure: standard error, else standard output, else how it ended.</summary>
    public string Words
    {
        get
        {
            var words = string.IsNullOrWhiteSpace(Error) ? Output : Error;
            if (!string.IsNullOrWhiteSpace(words))
                return words.Trim();
            return Signal is null
                ? (ExitCode is { } code ? $"exit code {code}" : "no exit code")
                : $"ended by signal {Signal}";
        }
    }
}
