using VmPowerManager.Protocols.Nut;

namespace VmPowerManager.Protocols.Tests.Nut;

/// <summary>Against a real upsd.</summary>
public sealed class NutServerTests(NutLab lab) : IClassFixture<NutLab>
{
    [Fact]
    public async Task ListUps_Server_NamesAllWithDescriptions()
    {
        await using var client = await OpenAsync(lab.Reader);

        var all = await client.ListUpsAsync(default);

        Assert.Equal(
            [new NutUps("ups1", "Lab \"ups1\""), new NutUps("ups2", "Lab \"ups2\"")],
            all.OrderBy(u => u.Name)
        );
    }

    [Fact]
    public async Task ListVariables_Ups_GivesWhatTheDeviceTells()
    {
        await using var client = await OpenAsync(lab.Reader);

        var variables = await client.ListVariablesAsync("ups1", default);

        Assert.Equal("100", variables["battery.charge"]);
        Assert.Equal("230.1", variables["input.voltage"]);
        Assert.Null(await client.GetVariableAsync("ups1", "battery.temperature", default));
        Assert.False(client.IsBroken);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("two  words")]
    public async Task SetVariable_ThenGet_GivesTheSameText(string text)
    {
        await using var client = await OpenAsync(lab.Admin);

        await client.SetVariableAsync("ups2", "ups.mfr", text, default);

        await Eventually.TrueAsync(
            async () => await client.GetVariableAsync("ups2", "ups.mfr", default) == text,
            TimeSpan.FromSeconds(5),
            "the text is there"
        );
        Assert.Equal(text, (await client.ListVariablesAsync("ups2", default))["ups.mfr"]);
    }

    [Fact]
    public async Task GetVariable_UnknownUps_IsRefusedInTheServersWords()
    {
        await using var client = await OpenAsync(lab.Reader);

        var failure = await Assert.ThrowsAsync<DeviceException>(() =>
            client.GetVariableAsync("nosuch", "ups.status", default)
        );

        Assert.Equal(DeviceFault.Refused, failure.Fault);
        Assert.StartsWith("ERR UNKNOWN-UPS", failure.Message, StringComparison.Ordinal);
        Assert.False(client.IsBroken);
    }

    [Theory]
    [InlineData("admin", "adminpass", NutCredential.Accepted)]
    [InlineData("quoted", "a b\"c\\d", NutCredential.Accepted)]
    [InlineData("primary", "primpass", NutCredential.Accepted)]
    [InlineData("admin", "wrong", NutCredential.Denied)]
    [InlineData("nobody", "adminpass", NutCredential.Denied)]
    [InlineData("secondary", "secpass", NutCredential.Denied)]
    public async Task CheckCredentials_User_IsToldApart(string user, string password, NutCredential expected)
    {
        await using var client = await OpenAsync(lab.User(user, password));

        Assert.Equal(expected, await client.CheckCredentialsAsync("ups1", default));
    }

    [Fact]
    public async Task RunCommand_WithoutLogin_IsAuthenticationFailed()
    {
        await using var client = await OpenAsync(lab.Reader);

        var failure = await Assert.ThrowsAsync<DeviceException>(() =>
            client.RunCommandAsync("ups1", "load.off", null, default)
        );

        Assert.Equal(DeviceFault.AuthenticationFailed, failure.Fault);
        Assert.StartsWith("ERR USERNAME-REQUIRED", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunCommand_ThatTheDeviceLacks_IsUnsupported()
    {
        await using var client = await OpenAsync(lab.Admin);

        var failure = await Assert.ThrowsAsync<DeviceException>(() =>
            client.RunCommandAsync("ups1", "no.such", null, default)
        );

        Assert.Equal(DeviceFault.Unsupported, failure.Fault);
        Assert.Equal(["load.off"], await client.ListCommandsAsync("ups1", default));
    }

    [Fact]
    public async Task Open_StartTls_ReadsOverTlsAndShowsTheCertificate()
    {
        NutLab.SkipUnlessThere(tls: true);

        await using var any = await OpenAsync(lab.Admin with { StartTls = true });
        await using var pinned = await OpenAsync(
            lab.Admin with
            {
                StartTls = true,
                CertificateFingerprint = any.CertificateFingerprint,
            }
        );

        Assert.Equal(lab.Fingerprint, any.CertificateFingerprint?.Replace(":", "", StringComparison.Ordinal));
        Assert.Equal("100", await pinned.GetVariableAsync("ups1", "battery.charge", default));
        Assert.Equal(NutCredential.Accepted, await pinned.CheckCredentialsAsync("ups1", default));
    }

    [Fact]
    public async Task Open_OtherCertificatePinned_IsTrustChanged()
    {
        NutLab.SkipUnlessThere(tls: true);

        var failure = await Assert.ThrowsAsync<DeviceException>(() =>
            OpenAsync(lab.Reader with { StartTls = true, CertificateFingerprint = new string('A', 64) })
        );

        Assert.Equal(DeviceFault.TrustChanged, failure.Fault);
    }

    [Fact]
    public async Task GetVariable_DriverFrozen_ThatUpsIsStaleAndTheOtherIsNot()
    {
        await using var client = await OpenAsync(lab.Reader);
        lab.Freeze("ups2", frozen: true);
        try
        {
            await Eventually.TrueAsync(() => IsStaleAsync(client), TimeSpan.FromSeconds(20), "upsd calls ups2 stale");

            Assert.NotNull(await client.GetVariableAsync("ups1", "ups.status", default));
            Assert.False(client.IsBroken);
        }
        finally
        {
            lab.Freeze("ups2", frozen: false);
        }
        await Eventually.TrueAsync(
            async () => !await IsStaleAsync(client),
            TimeSpan.FromSeconds(10),
            "ups2 is fresh again"
        );
    }

    private static async Task<bool> IsStaleAsync(NutClient client)
    {
        try
        {
            await client.GetVariableAsync("ups2", "ups.status", default);
            return false;
        }
        catch (NutDataStaleException)
        {
            return true;
        }
    }

    private static Task<NutClient> OpenAsync(NutEndpoint endpoint)
    {
        NutLab.SkipUnlessThere();
        return NutClient.OpenAsync(endpoint, TimeProvider.System, null, default);
    }
}
