using VmPowerManager.Lab;
using VmPowerManager.Protocols.Tls;
using VmPowerManager.Protocols.VSphere;

namespace VmPowerManager.Protocols.Tests.VSphere;

/// <summary>What the tests of this folder share.</summary>
public abstract class VSphereTest(VSphereLab lab) : IDisposable
{
    private readonly List<IDisposable> _open = [];

    protected VSphereLab Lab => lab;
    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected VimSession Open(VSphereServer server, VimEndpoint? at = null, VimLimits? limits = null) =>
        Keep(new VimSession(Http(server), at ?? server.Endpoint, limits ?? VimLimits.Default, TimeProvider.System));

    private protected (VimSession Session, Front Front) Behind(VSphereServer server, VimLimits? limits = null)
    {
        var front = new Front(Http(server));
        var session = new VimSession(
            Keep(new HttpClient(front)),
            server.Endpoint,
            limits ?? VimLimits.Default,
            TimeProvider.System
        );
        return (Keep(session), front);
    }

    /// <summary>The VMs of a server by name, with what a listing asks.</summary>
    private protected static async Task<IReadOnlyDictionary<string, VimObject>> VmsAsync(VimSession session) =>
        (
            await session.ReadAllAsync("VirtualMachine", ["name", "config.instanceUuid", "runtime.powerState"], Ct)
        ).ToDictionary(v => v.Text("name")!); // not null: every VM has a name

    private protected static async Task<string?> PowerAsync(VimSession session, VimRef vm) =>
        (await session.ReadAsync(vm, ["runtime.powerState"], Ct)).Text("runtime.powerState");

    public void Dispose()
    {
        foreach (var one in _open)
            one.Dispose();
        GC.SuppressFinalize(this);
    }

    private HttpClient Http(VSphereServer server) =>
        Keep(new PinnedHttp(new HttpEndpoint(server.Url), HttpLimits.Default, TimeProvider.System)).Client;

    private T Keep<T>(T one)
        where T : IDisposable
    {
        _open.Add(one);
        return one;
    }
}
