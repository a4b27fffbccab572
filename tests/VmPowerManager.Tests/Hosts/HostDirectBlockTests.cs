using System.Text.Json;
using VmPowerManager.Core;
using VmPowerManager.Hosts;

namespace VmPowerManager.Tests.Hosts;

/// <summary>The block direct: a host's own address beside that of its vCenter, with a secret and a certificate of its own.</summary>
public sealed class HostDirectBlockTests : IAsyncLifetime
{
    private const string Pinned = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU";
    private readonly HostsHarness _hosts = new(null, new FakeDriver("managed", "https", "direct", "ssh"));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _hosts.CreateAsync();

    public ValueTask DisposeAsync() => _hosts.DisposeAsync();

    [Fact]
    public async Task Secret_IsKept_ForAsLongAsItsAddressStays()
    {
        var id = await CreateAsync(
            Body("""{"baseUrl": "https://esx1.lan", "userName": "root", "password": "the-other"}""")
        );
        var json = JsonSerializer.Serialize(_hosts.Queries.Host(id), Json.Options);
        Assert.DoesNotContain("the-", json, StringComparison.Ordinal);
        await UpdateAsync(id, json);

        Assert.Equal(
            ("the-secret", "the-other"),
            (Device(id).Secrets["https.password"], Device(id).Secrets["direct.password"])
        );
        Assert.True(_hosts.Queries.Host(id).Direct?.HasPassword);
        var moved = await Assert.ThrowsAsync<InvalidInputException>(() =>
            UpdateAsync(id, json.Replace("https://esx1.lan", "https://esx2.lan", StringComparison.Ordinal))
        );
        Assert.Contains("direct.password", moved.Errors.Keys);

        await UpdateAsync(id, """{"name": "a", "platform": "managed", "direct": {}}""");
        Assert.Null(_hosts.Queries.Host(id).Direct);
        Assert.Equal("https.password", Assert.Single(Device(id).Secrets).Key);
    }

    [Theory]
    [InlineData("""{"baseUrl": "https://esx1.lan", "userName": "root"}""", "direct.password")]
    [InlineData("""{"baseUrl": "https://esx1.lan", "password": "p"}""", "direct.userName")]
    [InlineData("""{"baseUrl": "https://esx1.lan", "tokenId": "t", "tokenSecret": "p"}""", "direct.userName")]
    [InlineData("""{"baseUrl": "https://VC.lan/sdk", "userName": "root", "password": "p"}""", "direct.baseUrl")]
    [InlineData("""{"baseUrl": "esx1", "userName": "root", "password": "p"}""", "direct.baseUrl")]
    [InlineData(
        """{"baseUrl": "https://esx1.lan", "userName": "root", "password": "p", "certificateFingerprint": "AA:BB"}""",
        "direct.certificateFingerprint"
    )]
    public async Task InvalidField_IsNamed(string direct, string field)
    {
        var refusal = await Assert.ThrowsAsync<InvalidInputException>(() => CreateAsync(Body(direct)));
        Assert.Contains(field, refusal.Errors.Keys);
    }

    [Fact]
    public async Task BesideAHostThatAnswersForItself_IsRefused()
    {
        const string body =
            """{"name": "a", "platform": "managed", "https": {"baseUrl": "https://esx1.lan", "userName": "u", "password": "p"}, "direct": {"baseUrl": "https://esx2.lan", "userName": "root", "password": "p"}}""";
        var refusal = await Assert.ThrowsAsync<InvalidInputException>(() => CreateAsync(body));
        Assert.Contains("direct.baseUrl", refusal.Errors.Keys);
    }

    [Fact]
    public async Task Certificate_IsPinnedWhereItWasSeen_OrApproved()
    {
        var id = await CreateAsync(Body("""{"baseUrl": "https://esx1.lan", "userName": "root", "password": "p"}"""));

        var first = new Pin(PinKind.Certificate, "esx1.lan", 443, Pinned).Added(HostSettings.Of(Device(id)));
        Assert.Equal((null, Pinned), (first.Https?.CertificateFingerprint, first.Direct?.CertificateFingerprint));
        Assert.Contains(Pin.All(first), p => p is { Host: "esx1.lan", Fingerprint: Pinned });

        var trust = _hosts.Get<HostTrustCommands>();
        await trust.TrustAsync(HostsHarness.Admin, id, PinKind.DirectCertificate, Pinned, Ct);
        Assert.Equal(Pinned, _hosts.Queries.Host(id).Direct?.CertificateFingerprint);
        Assert.Null(_hosts.Queries.Host(id).Https?.CertificateFingerprint);
        await UpdateAsync(id, """{"name": "a", "platform": "managed", "direct": {}}""");
        await Assert.ThrowsAsync<ConflictException>(() =>
            trust.TrustAsync(HostsHarness.Admin, id, PinKind.DirectCertificate, Pinned, Ct)
        );
    }

    private static string Body(string direct) =>
        $$"""{"name": "a", "platform": "managed", "https": {"baseUrl": "https://vc.lan", "hostName": "esx1", "userName": "u", "password": "the-secret"}, "direct": {{direct}}}""";

    private Task<int> CreateAsync(string body) => _hosts.Commands.CreateAsync(HostsHarness.Admin, Parse(body), Ct);

    private Task UpdateAsync(int id, string body) =>
        _hosts.Commands.UpdateAsync(HostsHarness.Admin, id, Parse(body), Ct);

    private HostDevice Device(int id) => _hosts.Get<HostDirectory>().Find(id)!.Device; // not null: it was saved

    private static HostBody Parse(string body) => JsonSerializer.Deserialize<HostBody>(body, Json.Options)!; // not null: a body
}
