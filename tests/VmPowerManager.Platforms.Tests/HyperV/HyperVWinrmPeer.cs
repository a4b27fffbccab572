using System.Net;
using VmPowerManager.Hosts;
using VmPowerManager.Lab;
using VmPowerManager.Platforms.Tests.Contract;

namespace VmPowerManager.Platforms.Tests.HyperV;

/// <summary>The stand-in for WinRM, behind it the real PowerShell engine with stand-ins for Hyper-V's cmdlets.</summary>
public sealed class HyperVWinrmPeer(LabFolder lab) : IGuestPeer, IAsyncDisposable
{
    private const string User = "HYPERV1\\vmpm";
    private const string Password = "lab-password-12";
    private WinrmServer? _server;

    public WinrmServer Server => _server!; // not null: tests begin with ReadyAsync
    public HyperVLab Windows { get; } = new(lab);
    public string Platform => "hyperv";
    public int Port => Server.Port;
    public string Willing => HyperVLab.Web;
    public string Stubborn => HyperVLab.Hung;
    public string Nobody => "bbbbbbbb-0000-4000-8000-000000000001";

    public async Task ReadyAsync()
    {
        await Windows.ReadyAsync();
        _server ??= await WinrmServer.StartAsync(
            Windows.Bin,
            new NetworkCredential(User, Password),
            WinrmServer.NewCertificate()
        );
    }

    public HostDevice Device(Way way) =>
        Device(way.Port ?? Port, way.WrongSecret ? "not it" : Password, WinrmAuthentication.Basic, way.Fingerprint);

    public static HostDevice Device(
        int port,
        string password,
        WinrmAuthentication authentication,
        string? fingerprint,
        string user = User
    ) =>
        new(
            1,
            "lab",
            new HostSettings
            {
                Winrm = new WinrmSettings
                {
                    Host = "127.0.0.1",
                    Port = port,
                    UserName = user,
                    Authentication = authentication,
                    CertificateFingerprint = fingerprint,
                },
            }.ToElement(),
            new Dictionary<string, string> { [HostSecrets.WinrmPassword] = password }
        );

    public (HostDevice, string) Lacking()
    {
        Windows.Set(null, "denied", true);
        return (Device(new()), "hyperv");
    }

    public Task<int?> ContactsAsync() => Task.FromResult<int?>(Server.Actions.Count);

    public async Task<bool> ShutdownSeenAsync() => (await Windows.PowerAsync()).Length > 0;

    public Task<(HostDevice Host, IAsyncDisposable Held)> WithGuestsAsync(int count)
    {
        Windows.Add(count);
        return Task.FromResult((Device(new()), Nothing.ToHold));
    }

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>Where nothing has to be kept.</summary>
internal sealed class Nothing : IAsyncDisposable
{
    public static IAsyncDisposable ToHold { get; } = new Nothing();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
