using System.Text.Json;
using VmPowerManager.Core;
using VmPowerManager.Hosts;

namespace VmPowerManager.Tests.Hosts;

/// <summary>What Kerberos needs of the block winrm: a user with a realm, and a host that is named.</summary>
public sealed class HostKerberosTests : IAsyncLifetime
{
    private readonly HostsHarness _hosts = new(null, new FakeDriver("windows", "winrm"));

    public async ValueTask InitializeAsync() => await _hosts.CreateAsync();

    public ValueTask DisposeAsync() => _hosts.DisposeAsync();

    [Fact]
    public async Task Authentication_IsKept()
    {
        var id = await CreateAsync("hv1.corp.lan", "power@CORP.LAN");

        Assert.Equal(WinrmAuthentication.Kerberos, _hosts.Queries.Host(id).Winrm?.Authentication);
        Assert.Contains(
            "\"authentication\":\"kerberos\"",
            JsonSerializer.Serialize(_hosts.Queries.Host(id), Json.Options),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("hv1.corp.lan", "power", "winrm.userName")]
    [InlineData("hv1.corp.lan", "CORP\\\\power", "winrm.userName")]
    [InlineData("192.0.2.7", "power@CORP.LAN", "winrm.host")]
    [InlineData("::1", "power@CORP.LAN", "winrm.host")]
    public async Task WhatIsMissing_IsNamed(string host, string user, string field)
    {
        var refusal = await Assert.ThrowsAsync<InvalidInputException>(() => CreateAsync(host, user));
        Assert.Contains(field, refusal.Errors.Keys);
    }

    private Task<int> CreateAsync(string host, string user) =>
        _hosts.Commands.CreateAsync(
            HostsHarness.Admin,
            JsonSerializer.Deserialize<HostBody>(
                $$$"""{"name": "a", "platform": "windows", "winrm": {"host": "{{{host}}}", "userName": "{{{user}}}", "password": "p", "authentication": "kerberos"}}""",
                Json.Options
            )!, // not null: a body
            TestContext.Current.CancellationToken
        );
}
