using VmPowerManager.Lab;
using VmPowerManager.Ups.Snmp.Traps;

namespace VmPowerManager.Tests.Ups.Snmp.Traps;

/// <summary>The whole program, snmpd's second UPS, and polls so rare that only a trap can tell in time.</summary>
[Collection("UPS labs")]
public sealed class TrapFlipTests(SnmpLab lab)
{
    private const string OutputSource = ".1.3.6.1.2.1.33.1.4.1.0";
    private const double PollSeconds = 60;

    [Theory]
    [InlineData("v2c", "2c")]
    [InlineData("v3", "3")]
    [InlineData("v3", "3-inform")]
    public async Task Trap_OfAFlip_IsOnTheScreensLongBeforeThePoll(string version, string trap)
    {
        await lab.RequireAsync();
        await using var app = await RunningApp.StartAsync(args: ["--Snmp:TrapPort=0"]);
        var listener = app.Get<TrapListener>();
        await Soon.BecomesTrueAsync(() => Task.FromResult(listener.Bound is not null), "traps are heard");
        using var client = await app.SignInAsync();
        var body = $$"""
            {
              "name": "rack", "driver": "snmp", "pollSeconds": {{PollSeconds}}, "confirmSeconds": 0,
              "snmp": {
                "host": "127.0.0.1", "port": {{lab.Port + 1}}, "version": "{{version}}", "community": "public",
                "userName": "sha-aes", "authProtocol": "sha1", "privProtocol": "aes128",
                "authPassword": "{{SnmpLab.AuthPassword}}", "privPassword": "{{SnmpLab.PrivacyPassword}}"
              }
            }
            """;
        using var added = await client.PostAsync("/api/v1/ups", Answers.Json(body));
        Assert.True(added.IsSuccessStatusCode, await added.Content.ReadAsStringAsync());
        await Soon.BecomesTrueAsync(() => ShowsAsync(client, "OL"), "the UPS is read");
        try
        {
            await lab.RunAsync("set", "ups2", OutputSource, "i", "5");
            await lab.RunAsync("trap", "ups2", trap, $"127.0.0.1:{listener.Bound!.Port}"); // not null: waited for

            await Soon.BecomesTrueAsync(() => ShowsAsync(client, "OB"), "the flip is seen", seconds: 20);
        }
        finally
        {
            await lab.RunAsync("set", "ups2", OutputSource, "i", "3");
        }
    }

    private static async Task<bool> ShowsAsync(HttpClient client, string flag)
    {
        var answer = await client.GetStringAsync("/api/v1/ups");
        return answer.Contains($"\"{flag}\"", StringComparison.Ordinal);
    }
}
