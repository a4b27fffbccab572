namespace VmPowerManager.Protocols.Ipmi;

/// <summary>Understands why a run of <c>ipmitool -v</c> failed: its exit code is always 1, so its words have to tell.</summary>
internal static class IpmiFailure
{
    /// <summary>Said in any run, or beside the reason.</summary>
    private static readonly string[] Noise =
    [
        "Loading IANA PEN Registry",
        "IANA PEN registry open failed",
        "Get HPM.x Capabilities",
        "Running Get VSO Capabilities",
        "Running Get PICMG Properties",
        "Invalid completion code received",
        "Discovered IPMB",
        "Discovered PICMG",
        "VITA Standards",
        "Error: Unable to establish",
    ];

    private static readonly string[] WrongLogin =
    [
        "HMAC is invalid",
        "has an invalid session integrity check value",
        "unauthorized name",
        "unauthorized role",
        "unauthorized GUID",
        "invalid role",
        "invalid name length",
        "integrity check value",
        "Insufficient privilege level",
        "Insufficient resources for the privilege",
    ];

    /// <summary>No session came about for a reason that another cipher suite may not share.</summary>
    public static bool MayBeSuite(IpmiOutput run) =>
        run.Error.Contains("Unable to establish", StringComparison.Ordinal)
        && FaultOf(run.Error) is not (DeviceFault.Unreachable or DeviceFault.AuthenticationFailed)
        && !run.Error.Contains("nsufficient resources", StringComparison.Ordinal);

    public static DeviceException Of(IpmiEndpoint endpoint, IpmiOutput run)
    {
        var words = Words(run);
        return FaultOf(run.Error) switch
        {
            DeviceFault.Unreachable when run.Error.Contains("Address lookup", StringComparison.Ordinal) => NotResolved(
                endpoint,
                null
            ),
            DeviceFault.Unreachable => new(
                DeviceFault.Unreachable,
                $"no answer from {endpoint.At} (IPMI): a controller needs a minute or more after its power came back, "
                    + "and IPMI over LAN has to be switched on in it"
            ),
            DeviceFault.AuthenticationFailed => new(
                DeviceFault.AuthenticationFailed,
                $"{endpoint.At} does not accept {endpoint.UserName} as an operator: {words}"
            ),
            _ => new(DeviceFault.Refused, $"{endpoint.At}: {words}"),
        };
    }

    public static DeviceException NotResolved(IpmiEndpoint endpoint, Exception? inner) =>
        new(DeviceFault.Unreachable, $"name not resolved: {endpoint.Host}", inner);

    /// <summary>The program's own words, without what it says each time.</summary>
    public static string Words(IpmiOutput run)
    {
        var said = $"{run.Error}\n{run.Output}"
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(l => l.TrimStart('>', ' '))
            .Where(l => l.Length > 0 && !Noise.Any(n => l.StartsWith(n, StringComparison.Ordinal)))
            .Distinct()
            .Take(5)
            .ToList();
        var words = said.Count > 0 ? string.Join("; ", said) : $"ipmitool ended with exit code {run.ExitCode}";
        return words.Length <= 500 ? words : words[..500];
    }

    private static DeviceFault FaultOf(string error)
    {
        if (
            error.Contains("Get Auth Capabilities error", StringComparison.Ordinal)
            || error.Contains("Could not open socket", StringComparison.Ordinal)
            || error.Contains("Address lookup", StringComparison.Ordinal)
        )
            return DeviceFault.Unreachable;
        var said = string.Join(
            '\n',
            error.Split('\n').Where(l => !l.StartsWith("Invalid completion code received", StringComparison.Ordinal))
        );
        return WrongLogin.Any(w => said.Contains(w, StringComparison.OrdinalIgnoreCase))
            ? DeviceFault.AuthenticationFailed
            : DeviceFault.Refused;
    }
}
