using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;

namespace VmPowerManager.Protocols.Ipmi;

/// <summary>Speaks IPMI 2.0 through the program <c>ipmitool</c>, one run a request. Remembers per controller which cipher
/// suite it took and which address its name had. Any thread.</summary>
/// <param name="time">For how long a name may take.</param>
/// <param name="program">Found on the path.</param>
public sealed class IpmiClient(TimeProvider time, string program = "ipmitool", LastAddresses? addresses = null)
{
    /// <summary>The strong one first (HMAC-SHA256); controllers of before 2015 know the other (HMAC-SHA1).</summary>
    private static readonly int[] Suites = [17, 3];
    private readonly ConcurrentDictionary<string, int> _suites = new(StringComparer.OrdinalIgnoreCase);
    private readonly LastAddresses _addresses = addresses ?? new LastAddresses(time);

    /// <summary>What to do where the program is missing.</summary>
    public const string NotInstalled =
        "IPMI needs the program ipmitool: install the package ipmitool on the machine that runs this program; the "
        + "container image brings it.";

    /// <summary>Whether the program is on the path.</summary>
    public static bool IsInstalled() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Any(folder => File.Exists(Path.Combine(folder, "ipmitool")));

    /// <summary>The cipher suite that this controller took last, or null.</summary>
    public int? SuiteOf(IpmiEndpoint endpoint) => _suites.TryGetValue(endpoint.At, out var suite) ? suite : null;

    /// <exception cref="DeviceException">Unreachable: nobody answered. AuthenticationFailed: user, password, or what that
    /// user may do. Refused, ProtocolError; Unsupported: ipmitool is not installed.</exception>
    public async Task<IpmiStatus> StatusAsync(IpmiEndpoint endpoint, CancellationToken ct) =>
        IpmiStatus.Parse(await RunAsync(endpoint, ["chassis", "status"], ct));

    /// <summary>The machine's UUID, in whatever order of bytes the controller tells it (IPMI 2.0, 22.14); null: it tells
    /// none.</summary>
    /// <exception cref="DeviceException">As <see cref="StatusAsync"/>.</exception>
    public async Task<string?> GuidAsync(IpmiEndpoint endpoint, CancellationToken ct)
    {
        try
        {
            return IpmiStatus.Guid(await RunAsync(endpoint, ["mc", "guid"], ct));
        }
        catch (DeviceException e) when (e.Fault == DeviceFault.Refused)
        {
            return null;
        }
    }

    /// <summary>Returning means that the controller accepted, nothing more.</summary>
    /// <exception cref="DeviceException">As <see cref="StatusAsync"/>.</exception>
    public Task PowerAsync(IpmiEndpoint endpoint, IpmiVerb verb, CancellationToken ct) =>
        RunAsync(
            endpoint,
            [
                "chassis",
                "power",
                verb switch
                {
                    IpmiVerb.On => "on",
                    IpmiVerb.SoftOff => "soft",
                    _ => "off",
                },
            ],
            ct
        );

    private async Task<string> RunAsync(IpmiEndpoint endpoint, string[] command, CancellationToken ct)
    {
        if (Encoding.UTF8.GetByteCount(endpoint.Password) > 20)
            throw new DeviceException(
                DeviceFault.AuthenticationFailed,
                "An IPMI password has at most 20 bytes: this one is longer, and the controller cannot have it."
            );
        if (Encoding.UTF8.GetByteCount(endpoint.UserName) > 16)
            throw new DeviceException(DeviceFault.AuthenticationFailed, "An IPMI user name has at most 16 bytes.");
        var address = await ResolveAsync(endpoint, ct);
        var known = endpoint.CipherSuite ?? SuiteOf(endpoint);
        IpmiOutput? run = null;
        // One that was remembered is tried first: a controller may have been exchanged since.
        int[] suites = endpoint.CipherSuite is { } only ? [only] : [.. Suites.OrderBy(s => s == known ? 0 : 1)];
        foreach (var suite in suites)
        {
            run = await IpmiProcess.RunAsync(
                program,
                Arguments(endpoint, address, suite, command),
                endpoint.Password,
                ct
            );
            if (run.ExitCode == 0)
            {
                _suites[endpoint.At] = suite;
                return run.Output;
            }
            if (!IpmiFailure.MayBeSuite(run))
                break;
        }
        throw IpmiFailure.Of(endpoint, run!); // not null: there is at least one suite
    }

    /// <summary>One second for an answer, asked three times; no more privilege than the orders need (operator).</summary>
    private static IEnumerable<string> Arguments(IpmiEndpoint endpoint, IPAddress address, int suite, string[] command)
    {
        string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
        return
        [
            "-v",
            "-E",
            .. new[] { "-I", "lanplus", "-H", address.ToString(), "-p", Text(endpoint.Port), "-U", endpoint.UserName },
            .. new[] { "-L", "OPERATOR", "-C", Text(suite), "-N", "1", "-R", "2" },
            .. command,
        ];
    }

    /// <summary>When names fail, as they do once the name server is down, the last good address serves.</summary>
    private async Task<IPAddress> ResolveAsync(IpmiEndpoint endpoint, CancellationToken ct)
    {
        if (IPAddress.TryParse(endpoint.Host, out var literal))
            return literal;
        var last = _addresses.Of(endpoint.Host);
        if (await Names.ResolveAsync(endpoint.Host, last, time, ct) is not [var found, ..])
            throw IpmiFailure.NotResolved(endpoint, null);
        _addresses.Note(endpoint.Host, found);
        return found;
    }
}
