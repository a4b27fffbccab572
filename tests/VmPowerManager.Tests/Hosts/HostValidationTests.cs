using System.Text.Json;
using VmPowerManager.Core;
using VmPowerManager.Hosts;

namespace VmPowerManager.Tests.Hosts;

public sealed class HostValidationTests : IAsyncLifetime
{
    private readonly HostsHarness _hosts = new(null, new FakeDriver());

    public async ValueTask InitializeAsync() => await _hosts.CreateAsync();

    public ValueTask DisposeAsync() => _hosts.DisposeAsync();

    public static TheoryData<string, string> Invalid =>
        new()
        {
            { """{"platform": "fake", "ssh": {"host": "h", "userName": "u", "password": "p"}}""", "name" },
            { """{"name": "a", "platform": "nonsense"}""", "platform" },
            { """{"name": "a"}""", "platform" },
            { """{"name": "a", "platform": "fake"}""", "ssh" },
            { """{"name": "a", "platform": "fake", "ssh": {"userName": "u", "password": "p"}}""", "ssh.host" },
            {
                """{"name": "a", "platform": "fake", "ssh": {"host": "h h", "userName": "u", "password": "p"}}""",
                "ssh.host"
            },
            {
                """{"name": "a", "platform": "fake", "ssh": {"host": "h", "port": 0, "userName": "u", "password": "p"}}""",
                "ssh.port"
            },
            { """{"name": "a", "platform": "fake", "ssh": {"host": "h", "password": "p"}}""", "ssh.userName" },
            { """{"name": "a", "platform": "fake", "ssh": {"host": "h", "userName": "u"}}""", "ssh.password" },
            {
                """{"name": "a", "platform": "fake", "ssh": {"host": "h", "userName": "u", "password": "p", "hostKeyFingerprint": "MD5:1"}}""",
                "ssh.hostKeyFingerprint"
            },
            {
                """{"name": "a", "platform": "fake", "ssh": {"host": "h", "userName": "u", "password": "p", "libvirtUri": "x y"}}""",
                "ssh.libvirtUri"
            },
            {
                """{"name": "a", "platform": "fake", "supplies": [{"upsId": 9, "powerValue": 1}], "ssh": {"host": "h", "userName": "u", "password": "p"}}""",
                "supplies[0].upsId"
            },
            {
                """{"name": "a", "platform": "fake", "supplies": [{"upsId": 1, "powerValue": 0}], "ssh": {"host": "h", "userName": "u", "password": "p"}}""",
                "supplies[0].powerValue"
            },
            {
                """{"name": "a", "platform": "fake", "supplies": [{"upsId": 1, "powerValue": 1}], "minSupplies": 2, "ssh": {"host": "h", "userName": "u", "password": "p"}}""",
                "minSupplies"
            },
            {
                """{"name": "a", "platform": "fake", "maxParallelGuests": 0, "ssh": {"host": "h", "userName": "u", "password": "p"}}""",
                "maxParallelGuests"
            },
            {
                """{"name": "a", "platform": "fake", "witness": "a b", "ssh": {"host": "h", "userName": "u", "password": "p"}}""",
                "witness"
            },
            {
                """{"name": "a", "platform": "fake", "wake": [{"method": "pray"}], "ssh": {"host": "h", "userName": "u", "password": "p"}}""",
                "wake[0].method"
            },
            {
                """{"name": "a", "platform": "fake", "wake": [{"method": "wol", "macAddress": "x"}], "ssh": {"host": "h", "userName": "u", "password": "p"}}""",
                "wake[0].macAddress"
            },
        };

    [Theory]
    [MemberData(nameof(Invalid))]
    public async Task Create_InvalidField_IsNamedAndNothingSaved(string json, string field)
    {
        var refusal = await Assert.ThrowsAsync<InvalidInputException>(() => CreateAsync(json));
        Assert.Contains(field, refusal.Errors.Keys);
        Assert.Empty(_hosts.Queries.Hosts());
    }

    private Task<int> CreateAsync(string json) =>
        _hosts.Commands.CreateAsync(
            HostsHarness.Admin,
            JsonSerializer.Deserialize<HostBody>(json, Json.Options)!, // not null: an object
            TestContext.Current.CancellationToken
        );
}
