using VmPowerManager.Hosts;
using VmPowerManager.Lab.Proxmox;
using VmPowerManager.Platforms.Tests.Contract;

namespace VmPowerManager.Platforms.Tests.Proxmox;

/// <summary>The stand-in for a backup server.</summary>
public sealed class BackupServerPeer : IPlatformPeer, IAsyncDisposable
{
    private const string Lesser = "power@pbs!lesser";
    private FakeBackupServer? _server;

    public string Platform => "pbs";
    public int Port => Server.Door.Port;
    public FakeBackupServer Server => _server ?? throw new InvalidOperationException("It is not started.");

    public async Task ReadyAsync()
    {
        await DisposeAsync();
        _server = new FakeBackupServer();
        await _server.Door.OpenAsync();
        _server.Accounts.Add(
            new FakeAccount
            {
                Id = Lesser,
                Secret = FakeBackupServer.Secret,
                User = _server.Token.User,
                Privsep = true,
                Rights = new FakeRights().Grant("/system", true, "Sys.Audit"),
            }
        );
    }

    public HostDevice Device(Way way) => Device(FakeBackupServer.TokenId, way);

    public (HostDevice, string) Lacking() => (Device(Lesser, new()), "permissions");

    public Task<int?> ContactsAsync() => Task.FromResult<int?>(Server.Requests);

    public Task<bool> ShutdownSeenAsync() => Task.FromResult(Server.Commands.Contains("shutdown"));

    public async ValueTask DisposeAsync()
    {
        if (_server is { } server)
            await server.DisposeAsync();
        _server = null;
    }

    private HostDevice Device(string tokenId, Way way) =>
        new(
            1,
            "pbs",
            new HostSettings
            {
                Https = new HttpsSettings
                {
                    BaseUrl = $"https://127.0.0.1:{way.Port ?? Port}",
                    TokenId = tokenId,
                    CertificateFingerprint = way.Fingerprint,
                },
            }.ToElement(),
            new Dictionary<string, string>
            {
                [HostSecrets.HttpsTokenSecret] = way.WrongSecret ? "not-it" : FakeBackupServer.Secret,
            }
        );
}
