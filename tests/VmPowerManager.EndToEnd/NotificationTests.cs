using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using VmPowerManager.EndToEnd.Driving;
using VmPowerManager.EndToEnd.LabPeers;

namespace VmPowerManager.EndToEnd;

/// <summary>An outage in somebody's mailbox: by a real mail server, whatever happens to it or to the program.</summary>
public sealed class NotificationTests(Lab lab) : Scenario(lab, "nut", "ssh", "smtp")
{
    private static readonly string[] Wanted =
    [
        "ups1: On battery",
        "Shutdown of \"mails\" begins",
        "Shutdown of \"mails\" failed",
        "ups1: On line after",
    ];

    [Fact]
    public async Task Outage_WithARun_IsInTheMailbox_FromBeginningToEnd()
    {
        await AddChannelAsync();
        await OutageAsync();
        await Lab.Nut.OnLineAsync("ups1");

        await Until.True("all mails", 30, () => Task.FromResult(Wanted.All(Arrived)), SubjectsAsync);
        Assert.All(Lab.Mail.Mails(), m => Assert.Matches(@"^\[(INFO|WARNING|CRITICAL)\] ", m.Subject));
        var dark = Lab.Mail.Mails().Single(m => m.Subject.Contains("ups1: On battery", StringComparison.Ordinal));
        Assert.Contains("OB DISCHRG", dark.Text, StringComparison.Ordinal);
        await Until.True(
            "all are shown as delivered",
            10,
            async () => (await Api.ListAsync("deliveries")).All(d => (string?)d["state"] == "delivered")
        );
        OncePerMessage();
    }

    [Fact]
    public async Task KilledWhileTheServerIsDown_NothingIsLost()
    {
        await AddChannelAsync();
        await Lab.Mail.StopAsync();
        await OutageAsync();
        await FailedAsync("refused");
        await RecordedAsync("run.ended");
        var told = await Api.ListAsync("deliveries?limit=500");
        await App.KillAsync();
        await RestartAppAsync();
        await Until.True(
            "all that waited waits",
            10,
            async () => !told.Select(Id).Except((await Api.ListAsync("deliveries?limit=500")).Select(Id)).Any()
        );
        await Lab.Nut.OnLineAsync("ups1");
        await Until.True(
            "mains back waits, too",
            20,
            async () => (await Api.ListAsync("deliveries?limit=500")).Any(d => (string?)d["eventType"] == "ups.onLine")
        );
        await RecordedAsync("ups.onLine");
        await App.KillAsync();
        await Lab.Mail.StartAsync();
        await RestartAppAsync();
        await Until.True(
            "everything is delivered",
            60,
            async () => (await Api.ListAsync("deliveries?limit=500")).All(d => (string?)d["state"] == "delivered"),
            async () => (await Api.GetAsync("deliveries?limit=500")).ToJsonString()
        );
        foreach (var words in Wanted)
            Assert.True(Arrived(words), $"{words} is not among {await SubjectsAsync()}");
        Print($"{told.Count} waited at the first kill, {Lab.Mail.Mails().Count} mails in the end");
    }

    [Fact]
    public async Task KilledAgainAndAgain_WhileSending_EveryEventOfTheLogArrives()
    {
        await AddChannelAsync(subscriptions: [new { eventType = "ups.updated" }]);
        var ups = await AddUpsAsync();
        for (var kill = 0; kill < 3; kill++)
        {
            for (var i = 0; i < 20; i++)
                (await Api.SendAsync(HttpMethod.Put, $"ups/{ups}", UpsBody())).Ok();
            await App.KillAsync();
            await RestartAppAsync();
        }
        var happened = (await Api.ListAsync("events?type=ups.updated&limit=500"))
            .Select(e => (long?)e["sequence"] ?? 0)
            .ToList();
        Assert.Equal(60, happened.Count);
        await Until.True(
            "every event has its mail",
            60,
            () => Task.FromResult(!happened.Except(Lab.Mail.Mails().Select(EventOf)).Any()),
            SubjectsAsync
        );
        Print($"{happened.Count} events, {Lab.Mail.Mails().Count} mails");
    }

    [Fact]
    public async Task WrongPassword_IsShownAndRetried_AndSentOnceItIsRight()
    {
        var id = await AddChannelAsync("wrong");
        var test = (await Api.SendAsync(HttpMethod.Post, $"channels/{id}/test")).Problem(
            HttpStatusCode.UnprocessableEntity
        );
        Assert.Contains("authentication failed", test, StringComparison.Ordinal);
        await AddUpsAsync();
        await Lab.Nut.OnBatteryAsync("ups1");
        var failed = await FailedAsync("authentication failed");
        await Until.True(
            "tried again",
            15,
            async () => (int?)(await Api.GetAsync($"deliveries/{failed["id"]}"))["attempts"] > 1
        );
        (await Api.SendAsync(HttpMethod.Put, $"channels/{id}", Body(MailServer.Password))).Ok();
        await Until.True("the mail", 15, () => Task.FromResult(Arrived("ups1: On battery")), SubjectsAsync);
        Assert.True((bool?)(await Api.PostAsync($"channels/{id}/test"))["ok"]);
        OncePerMessage();
    }

    /// <summary>What the program does by itself is stored behind its back; a command is answered when all before it is.</summary>
    private async Task RecordedAsync(string type)
    {
        await Until.True(type, 10, async () => (await Api.ListAsync($"events?type={type}")).Count > 0);
        await Api.SignInAsync(AppProcess.Email, AppProcess.Password);
    }

    private async Task OutageAsync()
    {
        var ups = await AddUpsAsync();
        var host = await AddServerAsync("server1", ups);
        var runs = await AddPlanAsync(Plan.Body("mails", [ups], Plan.Phase("hosts", 1, Plan.Host(host))));
        await Lab.Nut.OnBatteryAsync("ups1");
        await ToldAsync(20);
        await runs.EndedAsync(await runs.BegunAsync("shutdown", 20), 60);
    }

    private Task<int> AddChannelAsync(string password = MailServer.Password, object[]? subscriptions = null) =>
        Api.CreateAsync("channels", Body(password, subscriptions));

    private object Body(string password, object[]? subscriptions = null) =>
        new
        {
            name = "mail",
            kind = "email",
            subscriptions,
            email = new
            {
                host = "127.0.0.1",
                port = Lab.SmtpPort,
                userName = MailServer.User,
                password,
                from = "power@lab.test",
                to = new[] { "ops@lab.test" },
                certificateFingerprint = Lab.Mail.Fingerprint,
            },
        };

    private Task<JsonNode> FailedAsync(string words) =>
        Until.Found(
            $"a message that failed: {words}",
            20,
            async () =>
                (await Api.ListAsync("deliveries?state=failed")).FirstOrDefault(d =>
                    ((string?)d["lastError"])?.Contains(words, StringComparison.Ordinal) == true
                )
        );

    private bool Arrived(string words) =>
        Lab.Mail.Mails().Any(m => m.Subject.Contains(words, StringComparison.Ordinal));

    private void OncePerMessage()
    {
        var ids = Lab.Mail.Mails().Select(m => m.MessageId).ToList();
        Assert.Equal(ids.Distinct().Count(), ids.Count);
    }

    private Task<string> SubjectsAsync() =>
        Task.FromResult(string.Join(" | ", Lab.Mail.Mails().Select(m => m.Subject)));

    /// <summary>Message ids are made of the installation, the event's number and the channel.</summary>
    private static long EventOf(Mail mail) => long.Parse(mail.MessageId.Split('-')[1], CultureInfo.InvariantCulture);

    private static int Id(JsonNode delivery) => (int?)delivery["id"] ?? 0;
}
