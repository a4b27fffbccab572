using VmPowerManager.Hosts;
using VmPowerManager.Platforms.Tests.Contract;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.VSphere;

namespace VmPowerManager.Platforms.Tests.VSphere;

/// <summary>What the tests of this folder share: drivers as the program registers them, and calls as it makes them.</summary>
public abstract class VSphereTest(VSphereStands stands) : IAsyncLifetime
{
    private readonly Drivers _drivers = new();
    private readonly List<IAsyncDisposable> _stands = [];

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected IHostDriver Driver => _drivers.Of("vsphere");

    private protected LastAddresses Remembered => _drivers.Get<LastAddresses>();

    private protected static Way Own => new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _drivers.DisposeAsync();
        foreach (var stand in _stands)
            await stand.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected async Task<VSphereStand> StandAsync(bool esxi, params string[] flags)
    {
        var stand = await stands.StartAsync(esxi, flags);
        _stands.Add(stand);
        return stand;
    }

    private protected static Task<DeviceOutcome<T>> CallAsync<T>(
        Func<CancellationToken, Task<T>> call,
        double seconds = 15
    ) => new DeviceCall(TimeProvider.System).RunAsync(call, TimeSpan.FromSeconds(seconds), Ct);

    private protected static async Task<T> OkAsync<T>(Func<CancellationToken, Task<T>> call)
    {
        var outcome = await CallAsync(call);
        Assert.True(outcome.Ok, $"{outcome.Fault}: {outcome.Words}");
        return outcome.Value!; // not null: ok
    }

    private protected Task<DeviceOutcome<bool>> GuestAsync(HostDevice host, string id, GuestVerb verb) =>
        CallAsync(ct => Done(Driver.GuestPowerAsync(host, id, verb, null, ct)));

    private protected Task<DeviceOutcome<bool>> HostAsync(HostDevice host, HostVerb verb = HostVerb.Shutdown) =>
        CallAsync(ct => Done(Driver.HostPowerAsync(host, verb, ct)));

    private protected async Task<IReadOnlyDictionary<string, HostCheck>> ProbeAsync(HostDevice host) =>
        (await OkAsync(ct => Driver.ProbeAsync(host, ct))).Checks.ToDictionary(c => c.Name);

    private protected static async Task<bool> Done(Task asked)
    {
        await asked;
        return true;
    }

    private protected static string IdOf(VimObject vm) => vm.Text("config.instanceUuid")!; // not null: every VM has one
}
