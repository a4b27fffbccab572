using System.Net.Http.Json;
using System.Text.Json;
using VmPowerManager.Lab;

namespace VmPowerManager.Tests.Ups.Discovery;

/// <summary>A search of 127.0.0.1 to 127.0.0.4, where the real servers are at the first address; each is asked in the other's
/// tongue, too.</summary>
[Collection("UPS labs")]
public sealed class DiscoveryServerTests(ApcupsdLab apcupsd, SnmpLab snmp)
{
    [Fact]
    public async Task Search_RealServers_FindsEachAndItsUpses()
    {
        UpsdLab.Require();
        await apcupsd.RequireAsync();
        await using var upsd = await UpsdLab.StartAsync(
            new Dictionary<string, string>
            {
                ["rack-a"] = "ups.status: OL\nups.mfr: Lab\nups.model: Dummy 900\n",
                ["rack-b"] = "ups.status: OB\n",
            }
        );
        await using var app = await RunningApp.StartAsync();
        using var client = await app.SignInAsync();
        using var known = await client.PostAsJsonAsync(
            "/api/v1/ups",
            new
            {
                name = "known",
                driver = "nut",
                nut = new
                {
                    host = "localhost",
                    port = upsd.Port,
                    upsName = "rack-b",
                },
            }
        );
        known.EnsureSuccessStatusCode();

        using var started = await client.PostAsJsonAsync(
            "/api/v1/ups/discover",
            new
            {
                range = "127.0.0.1-127.0.0.4",
                drivers = new[] { "nut", "apcupsd" },
                ports = new { nut = new[] { upsd.Port, apcupsd.Port }, apcupsd = new[] { upsd.Port, apcupsd.Port } },
            }
        );
        started.EnsureSuccessStatusCode();
        var scan = await DiscoveryApiTests.EndedAsync(client);

        Assert.Equal(("finished", 4), (scan.GetProperty("state").GetString(), scan.GetProperty("asked").GetInt32()));
        Assert.Equal(
            [
                $"apcupsd 127.0.0.1:{apcupsd.Port} LABUPS (Smart-UPS 1500) as ",
                $"nut 127.0.0.1:{upsd.Port} rack-a (Lab \"rack-a\") as ",
                $"nut 127.0.0.1:{upsd.Port} rack-b (Lab \"rack-b\") as known",
            ],
            scan.GetProperty("found").EnumerateArray().Select(Line)
        );

        // What was found can be added as it is.
        var settings = scan.GetProperty("found")[0].GetProperty("settings");
        using var added = await client.PostAsJsonAsync(
            "/api/v1/ups/test",
            new
            {
                name = "LABUPS",
                driver = "apcupsd",
                apcupsd = settings,
            }
        );
        added.EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task Search_SnmpCards_FindsThemByCommunityAndElseSaysThatAUserIsNeeded()
    {
        await snmp.RequireAsync();
        await using var app = await RunningApp.StartAsync();
        using var client = await app.SignInAsync();
        async Task<IEnumerable<string>> FindAsync(string community)
        {
            using var started = await client.PostAsJsonAsync(
                "/api/v1/ups/discover",
                new
                {
                    range = "127.0.0.1-4",
                    drivers = new[] { "snmp" },
                    ports = new { snmp = new[] { snmp.Port, snmp.Port + 1 } },
                    communities = new[] { "nobody-knows", community },
                }
            );
            started.EnsureSuccessStatusCode();
            var scan = await DiscoveryApiTests.EndedAsync(client);
            Assert.DoesNotContain("nobody-knows", scan.GetRawText(), StringComparison.Ordinal);
            return scan.GetProperty("found").EnumerateArray().Select(Line);
        }

        var known = await FindAsync("public");
        var hidden = await FindAsync("nor-this");

        Assert.Equal(
            [
                $"snmp 127.0.0.1:{snmp.Port} ups1 (Lab SNMP dummy 1) as ",
                $"snmp 127.0.0.1:{snmp.Port + 1} ups2 (Lab SNMP dummy 2) as ",
            ],
            known
        );
        Assert.Equal(
            [$"snmp 127.0.0.1:{snmp.Port}  (SNMP v3) as ", $"snmp 127.0.0.1:{snmp.Port + 1}  (SNMP v3) as "],
            hidden.Order(StringComparer.Ordinal)
        );
    }

    private static string Line(JsonElement found)
    {
        string Text(string key) => found.GetProperty(key).GetString() ?? "";
        return $"{Text("driver")} {Text("address")}:{found.GetProperty("port")} {Text("name")} ({Text("description")}) "
            + $"as {Text("configuredAs")}";
    }
}
