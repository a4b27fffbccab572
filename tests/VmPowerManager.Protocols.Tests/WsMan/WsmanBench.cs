using System.Net;
using VmPowerManager.Lab;
using VmPowerManager.Protocols.Tls;
using VmPowerManager.Protocols.WsMan;

namespace VmPowerManager.Protocols.Tests.WsMan;

/// <summary>A stand-in service and our client of it.</summary>
internal sealed class WsmanBench : IAsyncDisposable
{
    public const string User = "LAB\\vmpm";
    public const string Password = "p@ss<&>'\"ä12";

    private WsmanBench(WinrmServer server, WsmanLimits limits, TimeProvider time, string password)
    {
        Server = server;
        var tls = server.Certificate is not null;
        Endpoint = new("127.0.0.1", server.Port, tls, User, password, WsmanAuthentication.Basic, Pin(server));
        Http = WsmanClientPool.Connect(Endpoint, limits, time, null);
        Client = new WsmanClient(Http.Client, Endpoint, limits, time);
    }

    public WinrmServer Server { get; }
    public WsmanEndpoint Endpoint { get; }
    public PinnedHttp Http { get; }
    public WsmanClient Client { get; }

    public static async Task<WsmanBench> StartAsync(
        WsmanLimits? limits = null,
        bool tls = true,
        TimeProvider? time = null,
        string password = Password
    )
    {
        var server = await WinrmServer.StartAsync(
            "/usr/bin",
            new NetworkCredential(User, Password),
            tls ? WinrmServer.NewCertificate() : null,
            time: time
        );
        return new WsmanBench(server, limits ?? WsmanLimits.Default, time ?? TimeProvider.System, password);
    }

    public Task<WsmanResult> RunAsync(string line) => Client.RunAsync(line, [], TestContext.Current.CancellationToken);

    public async Task<DeviceException> FaultAsync(string line = "true") =>
        await Assert.ThrowsAnyAsync<DeviceException>(() => RunAsync(line));

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        Http.Dispose();
        await Server.DisposeAsync();
    }

    private static string? Pin(WinrmServer server) => server.Certificate is { } shown ? Fingerprints.Of(shown) : null;
}
