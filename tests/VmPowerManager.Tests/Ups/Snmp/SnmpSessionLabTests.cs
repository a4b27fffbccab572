using VmPowerManager.Core.Power;
using VmPowerManager.Lab;
using VmPowerManager.Protocols;
using VmPowerManager.Protocols.Snmp;
using VmPowerManager.Ups;
using VmPowerManager.Ups.Snmp;

namespace VmPowerManager.Tests.Ups.Snmp;

/// <summary>A session against net-snmp's snmpd with a writable UPS-MIB.</summary>
[Collection("UPS labs")]
public sealed class SnmpSessionLabTests(SnmpLab lab)
{
    private const string Mib = "1.3.6.1.2.1.33.1";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Status_OfALabUps_FollowsIt()
    {
        await lab.RequireAsync();
        await using var session = Open("private");
        await SetAsync("4.1.0", "i", "3");

        var idle = await session.ReadAsync(Ct);
        await SetAsync("4.1.0", "i", "5", "2.1.0", "i", "3", "2.3.0", "i", "4");
        var outage = await session.ReadStatusAsync(Ct);
        await SetAsync("4.1.0", "i", "3", "2.1.0", "i", "2", "2.3.0", "i", "30");
        var back = await session.ReadStatusAsync(Ct);

        Assert.Equal(UpsStatus.OL, idle.Status);
        Assert.Equal("rfc1628", idle.Mib);
        Assert.Equal(230, idle.InputVoltage);
        Assert.Equal(UpsStatus.OB | UpsStatus.LB, outage.Status);
        Assert.Equal(240, outage.BatteryRuntimeSeconds);
        Assert.Equal(UpsStatus.OL, back.Status);
    }

    [Fact]
    public async Task Check_RightAndWrong_NamesTheStep()
    {
        await lab.RequireAsync();
        Assert.All(await CheckAsync(new SnmpSettings(), Endpoint("public")), c => Assert.Equal(CheckState.Ok, c.State));
        Assert.Equal("reach failed", await FirstFailureAsync(new SnmpSettings(), Endpoint("wrong")));
        var v3 = new SnmpSettings { Version = "v3" };
        var user = Endpoint("") with
        {
            Version = SnmpVersion.V3,
            UserName = "sha-aes",
            Auth = SnmpAuth.Sha1,
            AuthPassword = SnmpLab.AuthPassword,
            Privacy = SnmpPrivacy.Aes128,
            PrivacyPassword = SnmpLab.PrivacyPassword,
        };
        Assert.All(await CheckAsync(v3, user), c => Assert.Equal(CheckState.Ok, c.State));
        Assert.Equal("login failed", await FirstFailureAsync(v3, user with { UserName = "nobody" }));
        Assert.Equal("login failed", await FirstFailureAsync(v3, user with { AuthPassword = "another-one" }));
        Assert.Equal("login failed", await FirstFailureAsync(v3, user with { PrivacyPassword = "another-one" }));
    }

    [Fact]
    public async Task Commands_OfALabUps_AreCarriedOut()
    {
        await lab.RequireAsync();
        await using var session = Open("private");
        var names = await session.CommandsAsync(Ct);
        await SetAsync("7.2.0", "i", "41");

        await session.ExecuteAsync("test.battery.start.quick", null, Ct);
        await session.ExecuteAsync("beeper.mute", null, Ct);
        await session.ExecuteAsync("load.off.delay", "300", Ct);

        Assert.Contains("shutdown.return", names);
        Assert.Contains("test.battery.start.deep", names);
        Assert.Equal($"{Mib}.7.7.4", (await GetAsync("7.1.0")).Text);
        Assert.Equal(3, (await GetAsync("9.8.0")).Integer);
        Assert.Equal(300, (await GetAsync("8.2.0")).Integer);
        await session.ExecuteAsync("shutdown.stop", null, Ct);
        Assert.Equal(-1, (await GetAsync("8.2.0")).Integer);
    }

    [Fact]
    public async Task Commands_OfRfc1628_AreAllTaken()
    {
        await lab.RequireAsync();
        await using var session = Open("private");

        foreach (var name in await session.CommandsAsync(Ct))
            await session.ExecuteAsync(name, name.EndsWith(".delay", StringComparison.Ordinal) ? "60" : null, Ct);

        await SetAsync("8.2.0", "i", "-1", "8.3.0", "i", "-1", "8.4.0", "i", "-1", "8.5.0", "i", "1");
    }

    /// <summary>An agent that began anew has other objects: they are found without anybody's doing.</summary>
    [Fact]
    public async Task Session_AgentDiesAndRevives_GoesOn()
    {
        await lab.RequireAsync();
        var endpoint = Endpoint("public") with { Port = lab.Port + 1 };
        await using var session = new SnmpSession(new SnmpSettings(), endpoint, TimeProvider.System);
        Assert.Equal(UpsStatus.OL, (await session.ReadAsync(Ct)).Status);

        await lab.RunAsync("kill", "ups2");
        await Assert.ThrowsAnyAsync<DeviceException>(() => session.ReadStatusAsync(Ct));
        await lab.RunAsync("revive", "ups2");

        Assert.Equal(UpsStatus.OL, (await session.ReadStatusAsync(Ct)).Status);
        Assert.Equal(100, (await session.ReadAsync(Ct)).BatteryChargePercent);
    }

    /// <summary>The portions of a full read let a status read in between: it waits for one answer at most.</summary>
    [Fact]
    public async Task Status_BesideAFullRead_IsNotBehindIt()
    {
        await lab.RequireAsync();
        await using var session = Open("public");
        await session.ReadAsync(Ct);

        var full = session.ReadAsync(Ct);
        var status = await session.ReadStatusAsync(Ct);

        Assert.Equal(UpsStatus.OL, status.Status);
        Assert.Equal(status.Status, (await full).Status);
    }

    [Fact]
    public async Task Cut_WithADelay_ComesBackInBothCases()
    {
        await lab.RequireAsync();
        await using var session = Open("private");
        await SetAsync("8.1.0", "i", "2", "8.5.0", "i", "2");

        var ability = await session.FindCutAsync(Ct);
        await session.CutAsync(TimeSpan.FromSeconds(120), Ct);

        Assert.True(ability is { CanAbort: true } && ability.LongestDelay >= TimeSpan.FromHours(1));
        Assert.Equal(1, (await GetAsync("8.1.0")).Integer);
        Assert.Equal(1, (await GetAsync("8.5.0")).Integer);
        Assert.Equal(120, (await GetAsync("8.2.0")).Integer);
        Assert.Equal(150, (await GetAsync("8.3.0")).Integer);
        await session.AbortCutAsync(Ct);
        Assert.Equal(-1, (await GetAsync("8.2.0")).Integer);
        Assert.Equal(-1, (await GetAsync("8.3.0")).Integer);
        await session.CutAsync(TimeSpan.Zero, Ct);
        Assert.Equal(30, (await GetAsync("8.4.0")).Integer);
    }

    [Fact]
    public async Task Command_CommunityThatOnlyReads_SaysSo()
    {
        await lab.RequireAsync();
        await using var session = Open("public");

        var e = await Assert.ThrowsAsync<DeviceException>(() => session.ExecuteAsync("load.off", null, Ct));

        Assert.Contains("may only read", e.Message, StringComparison.Ordinal);
        Assert.Equal(-1, (await GetAsync("8.2.0")).Integer);
    }

    [Fact]
    public async Task Session_OverVersion1_ReadsTheSame()
    {
        await lab.RequireAsync();
        await using var session = new SnmpSession(
            new SnmpSettings(),
            Endpoint("public") with
            {
                Version = SnmpVersion.V1,
            },
            TimeProvider.System
        );

        var reading = await session.ReadAsync(Ct);

        Assert.Equal(UpsStatus.OL, reading.Status);
        Assert.Equal(100, reading.BatteryChargePercent);
        Assert.Equal("SNMP dummy 1", reading.Model);
    }

    private SnmpEndpoint Endpoint(string community) => new("127.0.0.1", lab.Port) { Community = community };

    private SnmpSession Open(string community) => new(new SnmpSettings(), Endpoint(community), TimeProvider.System);

    private static async Task<IReadOnlyList<UpsCheck>> CheckAsync(SnmpSettings settings, SnmpEndpoint endpoint)
    {
        await using var session = new SnmpSession(settings, endpoint, TimeProvider.System);
        return await session.CheckAsync(Ct);
    }

    private static async Task<string> FirstFailureAsync(SnmpSettings settings, SnmpEndpoint endpoint)
    {
        var checks = await CheckAsync(settings, endpoint);
        return checks.Where(c => c.State == CheckState.Failed).Select(c => $"{c.Name} failed").First();
    }

    private Task SetAsync(params string[] values) =>
        lab.RunAsync(["set", "ups1", .. values.Select((v, i) => i % 3 == 0 ? $".{Mib}.{v}" : v)]);

    private async Task<SnmpValue> GetAsync(string rest)
    {
        await using var client = new SnmpClient(Endpoint("public"), TimeProvider.System);
        var name = Oid.Parse($"{Mib}.{rest}");
        return (await client.GetAsync([name], Ct))[name];
    }
}
