using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using VmPowerManager.Components;
using VmPowerManager.Runs;

namespace VmPowerManager.Tests.Runs;

/// <summary>Rehearsals by schedule, in the real program: its own job may be quicker than this test.</summary>
public sealed class RehearsalScheduleTests
{
    [Fact]
    public async Task Due_Rehearses_OnceThatDay_AndSaysWhoAsked()
    {
        await using var app = await RunningApp.StartAsync(adjust: b =>
            b.Services.AddSingleton(new SiteZone(TimeZoneInfo.Utc))
        );
        using var admin = await app.SignInAsync();
        await admin.PostAsJsonAsync("/api/v1/ups", JsonNode.Parse(Ups));
        await admin.PostAsJsonAsync("/api/v1/hosts", JsonNode.Parse(Host));
        var now = TimeProvider.System.GetUtcNow().ToString("HH:mm", CultureInfo.InvariantCulture);
        var plan = JsonNode.Parse(Plan)!; // a plan
        plan["schedule"] = new JsonObject { ["rehearseAt"] = now };
        var made = await admin.PostAsJsonAsync("/api/v1/plans", plan);
        Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync());

        var schedule = app.Get<RehearsalSchedule>();
        await Until.TrueAsync(async () =>
        {
            await schedule.RunDueAsync(CancellationToken.None);
            return app.Get<RunBook>().Newest.FirstOrDefault(r => r.State.EndedAt is not null);
        });
        await schedule.RunDueAsync(CancellationToken.None);
        Assert.Equal("schedule", Assert.Single(app.Get<RunBook>().Newest).State.Actor);
    }

    private const string Ups = """{"name":"rack-a","driver":"nut","nut":{"host":"127.0.0.1","port":9,"upsName":"a"}}""";
    private const string Host =
        """{"name":"kvm1","platform":"ssh","ssh":{"host":"127.0.0.1","port":9,"userName":"root","password":"x"}}""";
    private const string Plan =
        """{"name":"Homelab","upsIds":[1],"phases":[{"id":"a","trigger":{"lowBattery":true},"steps":[{"target":{"hostId":1},"action":"shutdown"}]}]}""";
}
