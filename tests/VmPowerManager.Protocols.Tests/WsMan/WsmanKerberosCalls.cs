using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using VmPowerManager.Lab;
using VmPowerManager.Protocols.WsMan;

namespace VmPowerManager.Protocols.Tests.WsMan;

/// <summary>The calls of <see cref="WsmanKerberosTests"/>, each in a process of its own.</summary>
public sealed class WsmanKerberosCalls : IAsyncLifetime
{
    private readonly WsmanClientPool _pool = new(WsmanLimits.Default, TimeProvider.System);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static WinrmKerberosLab Lab =>
        WinrmKerberosLab.OfParent() ?? throw new InvalidOperationException("This is no child of a test.");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    [Fact(Explicit = true)]
    public async Task RightPassword_Runs()
    {
        for (var i = 0; i < 3; i++)
            Assert.Equal($"{i}\n", (await RunAsync(As(), "echo", $"{i}")).Output);
        var many = Enumerable.Range(0, 8).Select(i => RunAsync(As(), "echo", $"{i}"));
        Assert.All(await Task.WhenAll(many), r => Assert.True(r.Succeeded));

        // Realms of Windows domains are written in capitals, whatever people write.
        Assert.True((await RunAsync(As(user: "vmpm@lab.test"), "true")).Succeeded);
    }

    [Fact(Explicit = true)]
    public async Task WrongPassword_IsAuthenticationFailed_AndTriedOnce()
    {
        var wrong = As(password: "canary-wrong-1");

        var first = await FailedAsync(wrong);
        var second = await FailedAsync(wrong);

        Assert.Equal((DeviceFault.AuthenticationFailed, DeviceFault.AuthenticationFailed), (first.Fault, second.Fault));
        Assert.Contains("Kerberos: ", first.Message, StringComparison.Ordinal);
        Assert.Contains("not tried again", second.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", first.ToString(), StringComparison.Ordinal);
    }

    [Fact(Explicit = true)]
    public async Task UnknownUser_IsAuthenticationFailed()
    {
        var told = await FailedAsync(As(user: "nobody@LAB.TEST"));

        Assert.Equal(DeviceFault.AuthenticationFailed, told.Fault);
        Assert.Contains("not found in Kerberos database", told.Message, StringComparison.Ordinal);
    }

    [Fact(Explicit = true)]
    public async Task HostThatTheRealmDoesNotKnow_IsNamed()
    {
        var told = await FailedAsync(As() with { Host = "127.0.0.1" });

        Assert.Equal(DeviceFault.AuthenticationFailed, told.Fault);
        Assert.Contains("127.0.0.1", told.Message, StringComparison.Ordinal);
        Assert.Contains("not found in Kerberos database", told.Message, StringComparison.Ordinal);
    }

    /// <summary>A domain controller may be among the guests that go down before their host.</summary>
    [Fact(Explicit = true)]
    public async Task KdcEnds_WhatIsLoggedInGoesOn()
    {
        Assert.True((await RunAsync(As(), "true")).Succeeded);
        await Lab.EndKdcAsync();
        _pool.Forget("localhost", Lab.Port);

        Assert.Equal("still\n", (await RunAsync(As(), "echo", "still")).Output);
    }

    [Fact(Explicit = true)]
    public async Task KdcComesBack_TheLoginIsMade()
    {
        await Lab.EndKdcAsync();
        var told = await FailedAsync(As());
        Assert.Contains("Cannot contact any KDC", told.Message, StringComparison.Ordinal);
        await Lab.StartKdcAsync();

        Assert.True((await RunAsync(As(), "true")).Succeeded);
    }

    [Fact(Explicit = true)]
    public async Task NoKdc_IsSaid_AndNothingElseIsTried()
    {
        var (server, told) = await AskedAsync("Negotiate");
        await using var _ = server;

        var fault = await FailedAsync(At(server));

        Assert.Equal(DeviceFault.AuthenticationFailed, fault.Fault);
        Assert.Contains("Cannot contact any KDC for realm 'LAB.TEST'", fault.Message, StringComparison.Ordinal);
        // Asked once, without a login: no NTLM in place of Kerberos.
        Assert.Equal([""], told);
    }

    [Fact(Explicit = true)]
    public async Task KdcThatHangs_IsGivenUp()
    {
        using var mute = new TcpListener(IPAddress.Loopback, Lab.Kdc);
        mute.Start();
        var (server, told) = await AskedAsync("Negotiate");
        await using var _ = server;

        var fault = await FailedAsync(At(server));

        Assert.Equal(DeviceFault.AuthenticationFailed, fault.Fault);
        Assert.Matches("no KDC of LAB.TEST answered|Cannot contact any KDC", fault.Message);
        Assert.Equal([""], told);
    }

    [Fact(Explicit = true)]
    public async Task ServerOffersNothingOfTheKind_IsSaid()
    {
        var (server, told) = await AskedAsync("Basic realm=\"WSMAN\"");
        await using var _ = server;

        var fault = await FailedAsync(At(server));

        Assert.Contains("it offers Basic; Kerberos was used", fault.Message, StringComparison.Ordinal);
        Assert.Equal([""], told);
    }

    private static WsmanEndpoint As(string user = WinrmKerberosLab.User, string password = WinrmKerberosLab.Password) =>
        new("localhost", Lab.Port, true, user, password, WsmanAuthentication.Kerberos);

    private static WsmanEndpoint At(WinrmServer server) => As() with { Port = server.Port, UseTls = false };

    private Task<WsmanResult> RunAsync(WsmanEndpoint endpoint, string program, params string[] arguments) =>
        _pool.RunAsync(endpoint, program, arguments, Ct);

    private Task<DeviceException> FailedAsync(WsmanEndpoint endpoint) =>
        Assert.ThrowsAnyAsync<DeviceException>(() => RunAsync(endpoint, "true"));

    /// <summary>A server that wants a login of that kind and takes none, and what it was sent as one.</summary>
    private static async Task<(WinrmServer Server, ConcurrentQueue<string> Told)> AskedAsync(string scheme)
    {
        var told = new ConcurrentQueue<string>();
        var server = await WinrmServer.StartAsync("/usr/bin");
        server.Before = (_, context) =>
        {
            told.Enqueue(context.Request.Headers.Authorization.ToString());
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers.WWWAuthenticate = scheme;
            return Task.FromResult(true);
        };
        return (server, told);
    }
}
