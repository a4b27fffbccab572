namespace VmPowerManager.Protocols.Snmp;

/// <summary>Where an SNMP agent is and how to speak with it.</summary>
/// <param name="Host">Name or address. A name is resolved at the first call and again after a failure.</param>
/// <param name="Port">UDP port; an agent's own is 161.</param>
public sealed record SnmpEndpoint(string Host, int Port)
{
    public SnmpVersion Version { get; init; } = SnmpVersion.V2c;

    /// <summary>Of v1 and v2c: goes over the wire in clear.</summary>
    public string Community { get; init; } = "public";

    /// <summary>Of v3.</summary>
    public string UserName { get; init; } = "";

    public SnmpAuth Auth { get; init; }

    public string? AuthPassword { get; init; }

    /// <summary>Needs an <see cref="Auth"/>.</summary>
    public SnmpPrivacy Privacy { get; init; }

    public string? PrivacyPassword { get; init; }

    /// <summary>Of v3: which of an agent's views; empty for most.</summary>
    public string ContextName { get; init; } = "";

    /// <summary>In hex; null: the engine that answers.</summary>
    public string? ContextEngineId { get; init; }

    /// <summary>Whether a text can be a <see cref="ContextEngineId"/>.</summary>
    public static bool IsEngineId(string text) =>
        EngineDigits(text) is { Length: >= 10 and <= 64 } digits
        && digits.Length % 2 == 0
        && digits.All(char.IsAsciiHexDigit);

    /// <exception cref="SnmpException">It is no hex.</exception>
    internal byte[]? ContextEngine =>
        string.IsNullOrEmpty(ContextEngineId) ? null
        : IsEngineId(ContextEngineId) ? Convert.FromHexString(EngineDigits(ContextEngineId))
        : throw new SnmpException(SnmpFault.UnknownContext, "The context engine id is not 5 to 32 octets in hex.");

    /// <summary>The v3 user.</summary>
    internal SnmpUser User =>
        new(UserName)
        {
            Auth = Auth,
            AuthPassword = AuthPassword,
            Privacy = Privacy,
            PrivacyPassword = PrivacyPassword,
        };

    private static string EngineDigits(string text) =>
        text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text;

    /// <summary>Host and port only: a secret must not reach a log by string interpolation.</summary>
    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
