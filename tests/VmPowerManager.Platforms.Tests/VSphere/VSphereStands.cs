using VmPowerManager.Hosts;
using VmPowerManager.Lab;
using VmPowerManager.Platforms.Tests.Contract;
using VmPowerManager.Protocols.Tls;
using VmPowerManager.Protocols.VSphere;

[assembly: AssemblyFixture(typeof(VmPowerManager.Platforms.Tests.VSphere.VSphereStands))]

namespace VmPowerManager.Platforms.Tests.VSphere;

/// <summary>The servers that the contract runs against: one of each kind for the whole run.</summary>
public sealed class VSphereStands : IAsyncDisposable
{
    private readonly VSphereLab _lab = new();
    private VSphereStand? _vcenter;
    private VSphereStand? _esxi;

    internal async Task<VSphereStand> OfAsync(bool esxi) =>
        esxi ? _esxi ??= await StartAsync(true) : _vcenter ??= await StartAsync(false);

    /// <summary>One for a test of its own.</summary>
    internal Task<VSphereStand> StartAsync(bool esxi, params string[] flags) =>
        VSphereStand.StartAsync(_lab, esxi, flags);

    public async ValueTask DisposeAsync()
    {
        foreach (var stand in new[] { _vcenter, _esxi })
            if (stand is not null)
                await stand.DisposeAsync();
        await _lab.DisposeAsync();
    }
}

/// <summary>A simulated server with our front before it, and a client of its own that sets things up.</summary>
internal sealed class VSphereStand : IAsyncDisposable
{
    /// <summary>As the simulator names it.</summary>
    public const string OnlyHost = "DC0_C0_H0";
    private readonly VSphereLab _lab;
    private readonly bool _esxi;
    private readonly string[] _flags;
    private PinnedHttp? _http;
    private VimSession? _session;

    private VSphereStand(VSphereLab lab, bool esxi, string[] flags) => (_lab, _esxi, _flags) = (lab, esxi, flags);

    public VSphereServer Server { get; private set; } = null!; // set by StartAsync before anybody sees it
    public VSphereFront Front { get; private set; } = null!; // the same
    public VimSession Session => _session ?? throw new InvalidOperationException("It is not started.");

    public static async Task<VSphereStand> StartAsync(VSphereLab lab, bool esxi, string[] flags)
    {
        var stand = new VSphereStand(lab, esxi, flags);
        await stand.RestartAsync();
        stand.Front = await VSphereFront.StartAsync(() => stand.Server);
        return stand;
    }

    /// <summary>Another process with another certificate and new ids; the front stays.</summary>
    public async Task RestartAsync()
    {
        await EndAsync();
        Server = _esxi ? await _lab.EsxiAsync(_flags) : await _lab.VCenterAsync(_flags);
        _http = new PinnedHttp(new HttpEndpoint(Server.Url), HttpLimits.Default, TimeProvider.System);
        _session = new VimSession(_http.Client, Server.Endpoint, VimLimits.Default, TimeProvider.System);
    }

    /// <summary>The hardware of the first host, as the API tells it.</summary>
    public async Task<string> HardwareAsync() =>
        (await Session.ReadAllAsync("HostSystem", ["hardware.systemInfo.uuid"], TestContext.Current.CancellationToken))[
            0
        ]
            .Text("hardware.systemInfo.uuid")!; // not null: every host has one

    /// <param name="hostName">Null: the only host of a vCenter, by its name; empty: none is given.</param>
    public HostDevice Device(Way way, string? hostName = null, SshSettings? ssh = null, int id = 1)
    {
        var secrets = new Dictionary<string, string>
        {
            [HostSecrets.HttpsPassword] = way.WrongSecret ? "not it" : VSphereLab.Password,
        };
        if (ssh is not null)
            secrets[HostSecrets.SshPassword] = "lab-password-12";
        return new(
            id,
            "lab",
            new HostSettings
            {
                Https = new HttpsSettings
                {
                    BaseUrl = $"https://127.0.0.1:{way.Port ?? Front.Port}",
                    UserName = Server.User,
                    CertificateFingerprint = way.Fingerprint,
                    HostName = (hostName ?? (_esxi ? "" : OnlyHost)) is { Length: > 0 } name ? name : null,
                },
                Ssh = ssh,
            }.ToElement(),
            secrets
        );
    }

    /// <summary>VMs by name.</summary>
    public async Task<IReadOnlyDictionary<string, VimObject>> VmsAsync() =>
        (
            await Session.ReadAllAsync(
                "VirtualMachine",
                ["name", "config.instanceUuid", "runtime.powerState", "runtime.host"],
                TestContext.Current.CancellationToken
            )
        ).ToDictionary(v => v.Text("name")!); // not null: every VM has a name

    public async Task<IReadOnlyList<VimObject>> HostsAsync() =>
        await Session.ReadAllAsync(
            "HostSystem",
            ["name", "runtime.inMaintenanceMode", "runtime.connectionState"],
            TestContext.Current.CancellationToken
        );

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        await Front.DisposeAsync();
    }

    private async Task EndAsync()
    {
        _session?.Dispose();
        _http?.Dispose();
        if (Server is not null)
            await Server.DisposeAsync();
    }
}
