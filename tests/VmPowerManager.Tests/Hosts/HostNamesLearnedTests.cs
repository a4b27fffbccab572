using VmPowerManager.Hosts;
using VmPowerManager.Protocols;

namespace VmPowerManager.Tests.Hosts;

/// <summary>Names are looked up while they can be, those of ways that were never taken too (POLICY F8).</summary>
public sealed class HostNamesLearnedTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task HostAnswers_TheNamesOfAllItsWaysAreLearned()
    {
        await using var hosts = await new HostsHarness(
            null,
            new FakeDriver("managed", "https", "direct", "ssh")
        ).StartAsync();
        var id = await hosts.Commands.CreateAsync(
            HostsHarness.Admin,
            new HostBody
            {
                Name = "esx1",
                Platform = "managed",
                Https = new()
                {
                    BaseUrl = "https://127.0.0.1",
                    HostName = "esx1",
                    UserName = "u",
                    Password = "p",
                },
                Direct = new()
                {
                    BaseUrl = "https://localhost",
                    UserName = "u",
                    Password = "p",
                },
            },
            Ct
        );

        Assert.True((await hosts.Get<IHostPower>().GetStatesAsync(id, TimeSpan.FromSeconds(5), Ct)).Ok);

        await HostsHarness.UntilAsync(() => hosts.Get<LastAddresses>().Of("localhost") is not null);
    }

    [Fact]
    public void Names_AreThoseOfAllBlocksAndWakeMethods()
    {
        var settings = new HostSettings
        {
            Https = new() { BaseUrl = "https://vc.lan/" },
            Direct = new() { BaseUrl = "https://esx1.lan/" },
            Ssh = new() { Host = "ESX1.lan", UserName = "root" },
            Wake = [new() { Method = "ipmi", Host = "bmc1.lan" }, new() { Method = "wol" }],
        };

        Assert.Equal(["ESX1.lan", "vc.lan", "bmc1.lan"], settings.Names);
    }
}
