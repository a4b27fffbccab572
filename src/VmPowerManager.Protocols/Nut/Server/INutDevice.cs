namespace VmPowerManager.Protocols.Nut.Server;

/// <summary>A device that a <see cref="NutServer"/> serves. Asked from any thread.</summary>
public interface INutDevice
{
    /// <summary>As clients name it: no blanks.</summary>
    string Name { get; }
    string Description { get; }
    NutDeviceLink Link { get; }

    /// <summary>All variables, by NUT name.</summary>
    IReadOnlyDictionary<string, string> Variables { get; }

    /// <summary>Those that a client may write.</summary>
    IReadOnlyList<NutWritable> Writable { get; }

    /// <summary>Names of the instant commands.</summary>
    IReadOnlyList<string> Commands { get; }

    /// <summary>One variable; null: the device has none of that name.</summary>
    string? Find(string variable);

    /// <summary>Runs one of <see cref="Commands"/>.</summary>
    NutVerdict Run(string command, string? value);

    /// <summary>Writes one of <see cref="Writable"/>; the value fits its bounds.</summary>
    NutVerdict Set(string variable, string value);

    /// <summary>Sets the forced shutdown flag (FSD).</summary>
    void Force();
}

/// <summary>Whether the server has its device.</summary>
public enum NutDeviceLink
{
    Ok,

    /// <summary>Answered with DATA-STALE.</summary>
    Stale,

    /// <summary>Answered with DRIVER-NOT-CONNECTED.</summary>
    NotConnected,
}

/// <summary>What became of a command, as <c>GET TRACKING</c> tells it.</summary>
public enum NutVerdict
{
    Success,
    Failed,
    InvalidArgument,
    Unknown,
}

/// <summary>A variable that a client may write.</summary>
/// <param name="Name">NUT's name.</param>
/// <param name="IsNumber">Else it is a text of at most <paramref name="Longest"/> characters.</param>
/// <param name="Longest">Characters.</param>
public sealed record NutWritable(string Name, bool IsNumber, int Longest)
{
    /// <summary>The only values it takes, or empty.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>The ranges of numbers it takes, or empty.</summary>
    public IReadOnlyList<(double Least, double Most)> Ranges { get; init; } = [];
}

/// <summary>Somebody who may sign in.</summary>
/// <param name="Name">User name.</param>
/// <param name="Password">In clear.</param>
/// <param name="MayControl">May run commands, set variables and be primary; else only LOGIN, as a secondary.</param>
public sealed record NutServerUser(string Name, string Password, bool MayControl)
{
    /// <summary>The name only: a secret must not reach a log by string interpolation.</summary>
    public override string ToString() => Name;
}
