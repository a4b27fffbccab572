using System.Globalization;
using VmPowerManager.Protocols;

namespace VmPowerManager.Hosts;

/// <inheritdoc cref="IHostPower"/>
internal sealed partial class HostPower(
    HostDirectory directory,
    IEnumerable<IWakeMethod> wakeMethods,
    TimeProvider time
) : IHostPower
{
    private const int MostOutput = 4000;
    private readonly DeviceCall _call = new(time);

    public Task<DeviceOutcome<HostProbe>> ProbeAsync(int hostId, TimeSpan limit, CancellationToken ct) =>
        RunAsync(hostId, (driver, host, token) => driver.ProbeAsync(host, token), limit, ct);

    public Task<DeviceOutcome<HostInventory>> GetStatesAsync(int hostId, TimeSpan limit, CancellationToken ct) =>
        RunAsync(hostId, (driver, host, token) => driver.GetStatesAsync(host, token), limit, ct);

    public Task<DeviceOutcome<HostInventory>> DiscoverAsync(int hostId, TimeSpan limit, CancellationToken ct) =>
        RunAsync(hostId, (driver, host, token) => driver.DiscoverAsync(host, token), limit, ct);

    /// <summary>Null for a platform that does not tell.</summary>
    public Task<DeviceOutcome<HostIdentity?>> IdentifyAsync(int hostId, TimeSpan limit, CancellationToken ct) =>
        RunAsync(
            hostId,
            async (driver, host, token) =>
                driver is IHostIdentity telling ? await telling.IdentifyAsync(host, token) : null,
            limit,
            ct
        );

    public Task<DeviceOutcome<bool>> GuestAsync(
        int hostId,
        string externalId,
        GuestVerb verb,
        ShutdownVia? via,
        TimeSpan limit,
        CancellationToken ct
    ) => RunAsync(hostId, (d, host, token) => Done(d.GuestPowerAsync(host, externalId, verb, via, token)), limit, ct);

    public Task<DeviceOutcome<bool>> HostAsync(int hostId, HostVerb verb, TimeSpan limit, CancellationToken ct) =>
        RunAsync(hostId, (driver, host, token) => Done(driver.HostPowerAsync(host, verb, token)), limit, ct);

    public Task<DeviceOutcome<string>> CommandAsync(int hostId, string command, TimeSpan limit, CancellationToken ct) =>
        RunAsync(hostId, (d, host, token) => CutAsync(d.RunCommandAsync(host, command, token)), limit, ct);

    public Task<DeviceOutcome<bool>> BmcOffAsync(int hostId, TimeSpan limit, CancellationToken ct) =>
        Task.FromResult(
            new DeviceOutcome<bool>(false, DeviceFault.Unsupported, "Power is not taken through a BMC by this version.")
        );

    public Task<DeviceOutcome<bool>> UndoAsync(int hostId, string kind, TimeSpan limit, CancellationToken ct) =>
        RunAsync(hostId, (driver, host, token) => Done(driver.UndoAsync(host, kind, token)), limit, ct);

    public Task<bool?> AddressAnswersAsync(int hostId, TimeSpan limit, CancellationToken ct) =>
        AnswersAsync(
            directory.Find(hostId)?.Settings.Ssh is { Host: { } host } ssh
                ? string.Create(CultureInfo.InvariantCulture, $"{(host.Contains(':') ? $"[{host}]" : host)}:{ssh.Port}")
                : null,
            limit,
            ct
        );

    public Task<bool?> WitnessAnswersAsync(int hostId, TimeSpan limit, CancellationToken ct) =>
        AnswersAsync(directory.Find(hostId)?.Configured.Witness, limit, ct);

    private async Task<bool?> AnswersAsync(string? address, TimeSpan limit, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(address))
            return null;
        var outcome = await _call.RunAsync(token => Witness.AnswersAsync(address, limit, token), limit, ct);
        return outcome.Ok && outcome.Value;
    }

    /// <summary>A probe of settings that are not saved.</summary>
    public Task<DeviceOutcome<HostProbe>> ProbeAsync(
        IHostDriver driver,
        HostDevice host,
        TimeSpan limit,
        CancellationToken ct
    ) => _call.RunAsync(token => driver.ProbeAsync(host, token), limit, ct);

    private Task<DeviceOutcome<T>> RunAsync<T>(
        int hostId,
        Func<IHostDriver, HostDevice, CancellationToken, Task<T>> call,
        TimeSpan limit,
        CancellationToken ct
    ) =>
        directory.Find(hostId) switch
        {
            null => Task.FromResult(new DeviceOutcome<T>(default, DeviceFault.Refused, Removed(hostId))),
            { Driver: { } driver } entry => _call.RunAsync(token => call(driver, entry.Device, token), limit, ct),
            { } entry => Task.FromResult(
                new DeviceOutcome<T>(default, DeviceFault.Unsupported, entry.Configured.Fault)
            ),
        };

    private static string Removed(int hostId) =>
        string.Create(CultureInfo.InvariantCulture, $"Host {hostId} is not configured any more.");

    private static async Task<bool> Done(Task asked)
    {
        await asked;
        return true;
    }

    private static async Task<string> CutAsync(Task<string> asked)
    {
        var output = await asked;
        return output.Length <= MostOutput ? output : output[..MostOutput];
    }
}
