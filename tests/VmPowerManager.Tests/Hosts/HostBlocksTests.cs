using System.Text.Json;
using VmPowerManager.Core;
using VmPowerManager.Hosts;

namespace VmPowerManager.Tests.Hosts;

/// <summary>The blocks https and winrm, and what wake methods need.</summary>
public sealed class HostBlocksTests : IAsyncLifetime
{
    private const string Pinned = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU";
    private readonly FakeDriver _web = new("web", "https", "ssh");
    private readonly FakeDriver _windows = new("windows", "ssh", "winrm") { AnyBlock = true };
    private readonly HostsHarness _hosts;

    public HostBlocksTests() => _hosts = new(null, new FakeDriver(), _web, _windows);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _hosts.CreateAsync();

    public ValueTask DisposeAsync() => _hosts.DisposeAsync();

    [Theory]
    [InlineData(
        "https",
        """{"name": "a", "platform": "web", "https": {"baseUrl": "https://pve1.lan:8006", "tokenId": "root@pam!vhp", "tokenSecret": "the-secret"}}"""
    )]
    [InlineData(
        "https",
        """{"name": "a", "platform": "web", "https": {"baseUrl": "https://vc.lan", "userName": "u", "password": "the-secret"}}"""
    )]
    [InlineData(
        "winrm",
        """{"name": "a", "platform": "windows", "winrm": {"host": "hv1", "useTls": false, "userName": "u", "password": "the-secret", "authentication": "basic"}}"""
    )]
    public async Task Create_Block_IsAnsweredWithoutSecretAndCanBePutBack(string block, string body)
    {
        var id = await CreateAsync(body);
        var json = JsonSerializer.Serialize(_hosts.Queries.Host(id), Json.Options);

        Assert.DoesNotContain("the-secret", json, StringComparison.Ordinal);
        await UpdateAsync(id, json);

        Assert.Equal(json, JsonSerializer.Serialize(_hosts.Queries.Host(id), Json.Options));
        Assert.Equal("the-secret", Assert.Single(Device(id).Secrets).Value);
        Assert.True(Device(id).Settings.TryGetProperty(block, out _));
    }

    [Fact]
    public async Task Create_Winrm_PortFollowsTls()
    {
        var id = await CreateAsync(
            """{"name": "a", "platform": "windows", "winrm": {"host": "hv1", "userName": "u", "password": "p"}}"""
        );
        Assert.Equal((5986, true), (_hosts.Queries.Host(id).Winrm!.Port, _hosts.Queries.Host(id).Winrm!.UseTls));
        await UpdateAsync(
            id,
            """{"name": "a", "platform": "windows", "winrm": {"host": "hv1", "useTls": false, "userName": "u", "password": "p"}}"""
        );
        Assert.Equal(5985, _hosts.Queries.Host(id).Winrm!.Port);
    }

    [Theory]
    [InlineData("""{"name": "a", "platform": "web"}""", "https")]
    [InlineData("""{"name": "a", "platform": "web", "https": {}}""", "https.baseUrl")]
    [InlineData(
        """{"name": "a", "platform": "web", "ssh": {"host": "h", "userName": "u", "password": "p"}}""",
        "https"
    )]
    [InlineData(
        """{"name": "a", "platform": "web", "https": {"baseUrl": "ftp://x", "userName": "u"}}""",
        "https.baseUrl"
    )]
    [InlineData(
        """{"name": "a", "platform": "web", "https": {"baseUrl": "https://u:p@x", "userName": "u"}}""",
        "https.baseUrl"
    )]
    [InlineData("""{"name": "a", "platform": "web", "https": {"baseUrl": "https://x"}}""", "https.userName")]
    [InlineData(
        """{"name": "a", "platform": "web", "https": {"baseUrl": "https://x", "userName": "u"}}""",
        "https.password"
    )]
    [InlineData(
        """{"name": "a", "platform": "web", "https": {"baseUrl": "https://x", "tokenId": "t", "password": "p"}}""",
        "https.tokenSecret"
    )]
    [InlineData(
        """{"name": "a", "platform": "web", "https": {"baseUrl": "https://x", "userName": "u", "password": "p", "certificateFingerprint": "AA:BB"}}""",
        "https.certificateFingerprint"
    )]
    [InlineData(
        """{"name": "a", "platform": "web", "https": {"baseUrl": "http://x", "userName": "u", "password": "p", "certificateFingerprint": "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"}}""",
        "https.certificateFingerprint"
    )]
    [InlineData(
        """{"name": "a", "platform": "web", "https": {"baseUrl": "https://x", "userName": "u", "password": "p"}, "ssh": {"host": "h"}}""",
        "ssh.userName"
    )]
    [InlineData("""{"name": "a", "platform": "windows"}""", "ssh")]
    [InlineData("""{"name": "a", "platform": "windows", "winrm": {"host": "h h", "userName": "u"}}""", "winrm.host")]
    [InlineData("""{"name": "a", "platform": "windows", "winrm": {"host": "h"}}""", "winrm.userName")]
    [InlineData("""{"name": "a", "platform": "windows", "winrm": {"host": "h", "userName": "u"}}""", "winrm.password")]
    [InlineData(
        """{"name": "a", "platform": "windows", "winrm": {"host": "h", "port": 70000, "userName": "u", "password": "p"}}""",
        "winrm.port"
    )]
    [InlineData(
        """{"name": "a", "platform": "windows", "winrm": {"host": "h", "useTls": false, "userName": "u", "password": "p", "certificateFingerprint": "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"}}""",
        "winrm.certificateFingerprint"
    )]
    public async Task Create_InvalidField_IsNamed(string body, string field)
    {
        var refusal = await Assert.ThrowsAsync<InvalidInputException>(() => CreateAsync(body));
        Assert.Contains(field, refusal.Errors.Keys);
    }

    [Theory]
    [InlineData("""{"method": "wol", "macAddress": "00:11:22:33:44:55", "password": "short"}""", "wake[0].password")]
    [InlineData("""{"method": "wol", "macAddress": "00:11:22:33:44:55", "relayHostId": 77}""", "wake[0].relayHostId")]
    [InlineData("""{"method": "ipmi", "host": "bmc", "cipherSuite": 99}""", "wake[0].cipherSuite")]
    [InlineData("""{"method": "redfish", "host": "bmc", "systemId": "../x"}""", "wake[0].systemId")]
    [InlineData(
        """{"method": "redfish", "host": "bmc", "certificateFingerprint": "x"}""",
        "wake[0].certificateFingerprint"
    )]
    public async Task Create_InvalidWake_IsNamed(string wake, string field)
    {
        var refusal = await Assert.ThrowsAsync<InvalidInputException>(() => CreateAsync(Web(wake)));
        Assert.Contains(field, refusal.Errors.Keys);
    }

    [Fact]
    public async Task Update_WakeExtras_AreKeptWithTheirPassword()
    {
        var id = await CreateAsync(
            Web(
                """{"method": "redfish", "host": "bmc", "userName": "admin", "password": "bmc-secret", "systemId": "1"},"""
                    + """{"method": "ipmi", "host": "bmc", "cipherSuite": 17}"""
            )
        );
        await _hosts.Get<HostTrust>().StartAsync(Ct);
        _hosts.Get<FirstKeys>().Tell(new Uri("https://bmc/redfish/v1"), Pinned);
        await HostsHarness.UntilAsync(() => _hosts.Queries.Host(id).Wake[0].CertificateFingerprint == Pinned);

        // The extras change, the address does not.
        await UpdateAsync(id, Web("""{"method": "redfish", "host": "bmc", "userName": "admin", "systemId": "2"}"""));
        var wake = Assert.Single(_hosts.Queries.Host(id).Wake);
        Assert.Equal(("2", Pinned, true), (wake.SystemId, wake.CertificateFingerprint, wake.HasPassword));

        await UpdateAsync(id, Web("""{"method": "redfish", "host": "other", "userName": "admin"}"""));
        wake = Assert.Single(_hosts.Queries.Host(id).Wake);
        Assert.Equal((null, false), (wake.CertificateFingerprint, wake.HasPassword));
        await _hosts.Get<HostTrust>().StopAsync(Ct);
    }

    [Fact]
    public async Task Update_AnotherServer_AsksForTheSecretAgainAndTrustsAnew()
    {
        var id = await CreateAsync(
            Https("https://a:8006", $"\"certificateFingerprint\": \"{Pinned}\", \"password\": \"p\"")
        );
        await UpdateAsync(id, Https("https://A:8006/", "\"password\": null"));
        Assert.Equal(Pinned, _hosts.Queries.Host(id).Https!.CertificateFingerprint);

        var refusal = await Assert.ThrowsAsync<InvalidInputException>(() =>
            UpdateAsync(id, Https("https://b:8006", "\"password\": null"))
        );
        Assert.Contains("address or user changed", refusal.Errors["https.password"][0], StringComparison.Ordinal);

        await UpdateAsync(id, Https("https://b:8006", "\"password\": \"q\""));
        Assert.Null(_hosts.Queries.Host(id).Https!.CertificateFingerprint);
    }

    [Fact]
    public async Task Update_FingerprintAsOtherProgramsShowIt_IsStoredInOurManner()
    {
        var hex = Convert.ToHexString(Convert.FromBase64String(Pinned["SHA256:".Length..] + "="));
        var id = await CreateAsync(
            Https(
                "https://a",
                $"\"password\": \"p\", \"certificateFingerprint\": \"{string.Join(':', hex.Chunk(2).Select(c => new string(c)))}\""
            )
        );
        Assert.Equal(Pinned, _hosts.Queries.Host(id).Https!.CertificateFingerprint);
    }

    [Fact]
    public async Task Update_BlockWithoutAddress_IsRemovedWhereAnotherOneServes()
    {
        var id = await CreateAsync(
            """{"name": "a", "platform": "windows", "ssh": {"host": "h", "userName": "u", "password": "p"}, "winrm": {"host": "h", "userName": "u", "password": "q"}}"""
        );
        await UpdateAsync(id, """{"name": "a", "platform": "windows", "ssh": {}}""");
        Assert.Null(_hosts.Queries.Host(id).Ssh);
        Assert.Equal("q", Assert.Single(Device(id).Secrets).Value);

        await Assert.ThrowsAsync<InvalidInputException>(() =>
            UpdateAsync(id, """{"name": "a", "platform": "windows", "winrm": {}}""")
        );
    }

    [Fact]
    public async Task Address_IsThatOfTheFirstBlockThatIsSet()
    {
        await CreateAsync(Https("https://pve1.lan:8006", "\"password\": \"p\""));
        await CreateAsync(
            """{"name": "b", "platform": "windows", "winrm": {"host": "hv1", "userName": "u", "password": "p"}}"""
        );
        Assert.Equal(["pve1.lan", "hv1"], _hosts.Get<HostDirectory>().Entries.Select(e => e.Configured.Address));
    }

    [Fact]
    public async Task FirstCertificate_IsPinnedForEachHostOfThatServer()
    {
        await using var hosts = await new HostsHarness(null, new FakeDriver("web", "https")).StartAsync();
        var one = await hosts.Commands.CreateAsync(
            HostsHarness.Admin,
            Parse(Https("https://a:1", "\"password\": \"p\"")),
            Ct
        );

        hosts.Get<FirstKeys>().Tell(new Uri("https://a:1/api"), Pinned);

        await HostsHarness.UntilAsync(() => hosts.Queries.Host(one).Https!.CertificateFingerprint == Pinned);
        Assert.Contains(
            hosts.Get<VmPowerManager.Events.EventLog>().Latest(),
            e => e.Type == "host.trusted" && e.Message.Contains($"its certificate {Pinned}", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData(
        """{"name": "a", "platform": "web", "https": {"baseUrl": "https://x", "userName": "u", "password": "p"}}"""
    )]
    [InlineData("""{"name": "a", "platform": "windows", "winrm": {"host": "x", "userName": "u", "password": "p"}}""")]
    public async Task Trust_Certificate_IsPinnedByAPersonOnly(string body)
    {
        var id = await CreateAsync(body);
        var trust = _hosts.Get<HostTrustCommands>();

        await trust.TrustAsync(HostsHarness.Admin, id, PinKind.Certificate, Pinned, Ct);

        var host = _hosts.Queries.Host(id);
        Assert.Equal(Pinned, host.Https?.CertificateFingerprint ?? host.Winrm?.CertificateFingerprint);
        await Assert.ThrowsAsync<InvalidInputException>(() =>
            trust.TrustAsync(HostsHarness.Admin, id, PinKind.Certificate, "x", Ct)
        );
        await Assert.ThrowsAsync<ConflictException>(() =>
            trust.TrustAsync(HostsHarness.Admin, id, PinKind.HostKey, Pinned, Ct)
        );
        await Assert.ThrowsAsync<ForbiddenException>(() =>
            trust.TrustAsync(HostsHarness.As("Operator"), id, PinKind.Certificate, Pinned, Ct)
        );
    }

    private static string Https(string url, string rest) =>
        $$$"""{"name": "a", "platform": "web", "https": {"baseUrl": "{{{url}}}", "userName": "u", {{{rest}}}}}""";

    private static string Web(string wake) =>
        $$"""{"name": "a", "platform": "web", "https": {"baseUrl": "https://x", "userName": "u", "password": "p"}, "wake": [{{wake}}]}""";

    private HostDevice Device(int id) => _hosts.Get<HostDirectory>().Find(id)!.Device; // not null: just saved

    private Task<int> CreateAsync(string json) => _hosts.Commands.CreateAsync(HostsHarness.Admin, Parse(json), Ct);

    private Task UpdateAsync(int id, string json) =>
        _hosts.Commands.UpdateAsync(HostsHarness.Admin, id, Parse(json), Ct);

    private static HostBody Parse(string json) => JsonSerializer.Deserialize<HostBody>(json, Json.Options)!; // not null: an object
}
