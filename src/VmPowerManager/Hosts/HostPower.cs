using System.Globalization;
using VmPowerManager.Protocols;

namespace VmPowerManager.Hosts;

/// <inheritdoc cref="IHostPower"/>
internal sealed partial class HostPower(
    HostDirectory directory,
    IEnumerable<IWakeMethod> wakeMethods,
    BmcOrders orders,
    HostCheckBook checks,
    LastAddresses addresses,
    GuestStore guests,
    TimeProvider time
) : IHostPower
{
    private const int MostOutput = 4000;
    private readonly DeviceCall _call = new(time);
    private readonly ColdHosts _cold = new(time);

    public async Task<DeviceOutcome<HostProbe>> ProbeAsync(int hostId, TimeSpan limit, CancellationToken ct)
    {
        var asked = RunAsync(hostId, (driver, host, token) => driver.ProbeAsync(host, token), limit, ct);
        if (directory.Find(hostId) is not { } host)
            return await asked;
        if (host.Driver is { } driver)
            asked = WithSecondPathAsync(asked, driver, host.Device, limit, ct);
        var outcome = await WithWakeAsync(asked, host.Device, host, limit, ct);
        checks.Note(host, HostProbe.Of(outcome));
        return outcome;
    }

    public async Task<DeviceOutcome<HostInventory>> GetStatesAsync(int hostId, TimeSpan limit, CancellationToken ct)
    {
        var states = await RunAsync(hostId, (driver, host, token) => driver.GetStatesAsync(host, token), limit, ct);
        // All its ways: which of them will be needed is seen when names are gone.
        if (states.Ok)
            _cold.Forget(hostId);
        if (states.Ok && directory.Find(hostId) is { } known)
            foreach (var name in known.Settings.Names.Append(Witness.HostOf(known.Configured.Witness ?? "")))
                addresses.Learn(name);
        return states;
    }

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

    public Task<DeviceOutcome<string>> CommandAsync(int hostId, string command, TimeSpan limit, CancellationToken ct) =>
        RunAsync(hostId, (d, host, token) => CutAsync(d.RunCommandAsync(host, command, token)), limit, ct);

    public Task<DeviceOutcome<string>> CommandAsync(
        int hostId,
        string command,
        IReadOnlyDictionary<string, string?> values,
        TimeSpan limit,
        CancellationToken ct
    ) =>
        RunAsync(
            hostId,
            (d, host, token) =>
                CutAsync(d.RunCommandAsync(host, CommandData.Line(d.ShellOf(host), command, values), token)),
            limit,
            ct
        );

    public Task<DeviceOutcome<string>> PrepareAsync(
        int hostId,
        string kind,
        bool rehearse,
        TimeSpan limit,
        CancellationToken ct
    ) => RunAsync(hostId, (d, host, token) => d.PrepareAsync(host, kind, rehearse, token), limit, ct);

    public Task<DeviceOutcome<bool>> IsPreparedAsync(int hostId, string kind, TimeSpan limit, CancellationToken ct) =>
        RunAsync(hostId, (driver, host, token) => driver.IsPreparedAsync(host, kind, token), limit, ct);

    public Task<DeviceOutcome<bool>> UndoAsync(int hostId, string kind, TimeSpan limit, CancellationToken ct) =>
        RunAsync(hostId, (driver, host, token) => Done(driver.UndoAsync(host, kind, token)), limit, ct);

    public async Task<bool?> AddressAnswersAsync(int hostId, TimeSpan limit, CancellationToken ct)
    {
        if (ReachedAt(hostId) is not var (host, port))
            return null;
        var address = string.Create(
            CultureInfo.InvariantCulture,
            $"{(host.Contains(':') ? $"[{host}]" : host)}:{port}"
        );
        return await Witness.AnswersAsync(address, addresses.Of(host), limit, time, ct);
    }

    public async Task<bool?> WitnessAnswersAsync(int hostId, TimeSpan limit, CancellationToken ct) =>
        directory.Find(hostId)?.Configured.Witness is { Length: > 0 } witness
            ? await Witness.AnswersAsync(witness, addresses.Of(Witness.HostOf(witness)), limit, time, ct) == true
            : null;

    private (string Host, int Port)? ReachedAt(int hostId) =>
        directory.Find(hostId) is { Driver: { } driver } entry ? entry.Settings.Reached(driver.OwnAddress) : null;

    /// <summary>A probe of settings that are not saved.</summary>
    public Task<DeviceOutcome<HostProbe>> ProbeAsync(
        IHostDriver driver,
        HostDevice host,
        TimeSpan limit,
        CancellationToken ct
    )
    {
        var asked = CallAsync(host, token => driver.ProbeAsync(host, token), limit, ct);
        return WithWakeAsync(WithSecondPathAsync(asked, driver, host, limit, ct), host, null, limit, ct);
    }

    private Task<DeviceOutcome<T>> RunAsync<T>(
        int hostId,
        Func<IHostDriver, HostDevice, CancellationToken, Task<T>> call,
        TimeSpan limit,
        CancellationToken ct
    ) =>
        directory.Find(hostId) switch
        {
            null => Task.FromResult(new DeviceOutcome<T>(default, DeviceFault.Refused, Removed(hostId))),
            { Driver: { } driver } entry => CallAsync(
                entry.Device,
                token => call(driver, entry.Device with { Known = guests.Of(hostId) }, token),
                limit,
                ct
            ),
            { } entry => Task.FromResult(
                new DeviceOutcome<T>(default, DeviceFault.Unsupported, entry.Configured.Fault)
            ),
        };

    /// <summary>What comes back holds no secret of the host, whatever its peers quote.</summary>
    private async Task<DeviceOutcome<T>> CallAsync<T>(
        HostDevice host,
        Func<CancellationToken, Task<T>> call,
        TimeSpan limit,
        CancellationToken ct
    ) => DeviceWords.Tellable(await _call.RunAsync(call, limit, ct), host.Secrets.Values);

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
