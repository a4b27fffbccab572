using VmPowerManager.Lab;
using VmPowerManager.Protocols.WsMan;

namespace VmPowerManager.Protocols.Tests.WsMan;

/// <summary>Our client by NTLM, against Apache with mod_auth_gssapi and gss-ntlmssp in front of the stand-in.</summary>
public sealed class WsmanNtlmTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("LAB\\vmpm")]
    [InlineData("LAB\\VMPM")]
    public async Task Run_ByNtlm_Works(string user)
    {
        await using var bench = await StartAsync();
        await using var pool = new WsmanClientPool(WsmanLimits.Default, TimeProvider.System);
        var endpoint = bench.As(user, WinrmLab.Password);

        for (var i = 0; i < 3; i++)
            Assert.Equal($"{i}\n", (await pool.RunAsync(endpoint, "echo", [$"{i}"], Ct)).Output);
        var many = Enumerable.Range(0, 8).Select(i => pool.RunAsync(endpoint, "echo", [$"{i}"], Ct));

        Assert.All(await Task.WhenAll(many), r => Assert.True(r.Succeeded));
    }

    [Fact]
    public async Task Run_WrongPassword_IsAuthenticationFailed()
    {
        await using var bench = await StartAsync();
        await using var pool = new WsmanClientPool(WsmanLimits.Default, TimeProvider.System);

        var fault = await Assert.ThrowsAnyAsync<DeviceException>(() =>
            pool.RunAsync(bench.As("LAB\\vmpm", "canary-wrong-1"), "true", [], Ct)
        );

        Assert.Equal(DeviceFault.AuthenticationFailed, fault.Fault);
        Assert.DoesNotContain("canary", fault.ToString(), StringComparison.Ordinal);
        Assert.Empty(bench.Server.Actions);
    }

    [Fact]
    public async Task Run_BasicWhereOnlyNtlmIsOffered_SaysSo()
    {
        await using var bench = await StartAsync();
        await using var pool = new WsmanClientPool(WsmanLimits.Default, TimeProvider.System);
        var basic = bench.As("LAB\\vmpm", WinrmLab.Password) with { Authentication = WsmanAuthentication.Basic };

        var fault = await Assert.ThrowsAnyAsync<DeviceException>(() => pool.RunAsync(basic, "true", [], Ct));

        Assert.Equal(DeviceFault.AuthenticationFailed, fault.Fault);
        Assert.Contains("it offers", fault.Message, StringComparison.Ordinal);
        Assert.Contains("NTLM", fault.Message, StringComparison.Ordinal);
    }

    private static async Task<Behind> StartAsync()
    {
        WinrmLab.RequireNtlm();
        var bench = new Behind(new WinrmLab(), await WinrmServer.StartAsync("/usr/bin"));
        await bench.Lab.StartNtlmAsync(bench.Server);
        return bench;
    }

    private sealed record Behind(WinrmLab Lab, WinrmServer Server) : IAsyncDisposable
    {
        public WsmanEndpoint As(string user, string password) =>
            new("127.0.0.1", Lab.Port, true, user, password, WsmanAuthentication.Ntlm);

        public async ValueTask DisposeAsync()
        {
            await Lab.DisposeAsync();
            await Server.DisposeAsync();
        }
    }
}
