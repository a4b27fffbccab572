using System.Globalization;
using System.Net;
using System.Security.Claims;
using System.Text.Json;
using VmPowerManager.Components;
using VmPowerManager.Core;
using VmPowerManager.Events;
using VmPowerManager.Tests.Accounts;

namespace VmPowerManager.Tests.Events;

/// <summary>Who sees which events, through every door.</summary>
public sealed class EventAudienceTests : IAsyncLifetime
{
    private RunningApp _app = null!; // InitializeAsync

    public async ValueTask InitializeAsync() => _app = await RunningApp.StartAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Theory]
    [InlineData("upsId=1", "about ups")]
    [InlineData("hostId=2", "about host")]
    [InlineData("planId=3", "about run", "about plan")]
    [InlineData("planId=3&runId=4", "about run")]
    [InlineData("upsId=9")]
    public async Task List_ByWhatItIsAbout_ChoosesTheSameStoredOrNot(string filter, params string[] expected)
    {
        var log = _app.Get<EventLog>();
        log.Append(new NewEvent("test.x", Severity.Info, "x", "about ups") { UpsId = 1 });
        log.Append(new NewEvent("test.x", Severity.Info, "x", "about host") { HostId = 2 });
        log.Append(new NewEvent("test.x", Severity.Info, "x", "about plan") { PlanId = 3 });
        log.Append(new NewEvent("test.x", Severity.Info, "x", "about run") { PlanId = 3, RunId = 4 });
        using var admin = await _app.SignInAsync();

        Assert.Equal(expected, await MessagesAsync(admin, filter));
        await Soon.BecomesTrueAsync(() => Task.FromResult(log.Unstored().Count == 0), "the events are stored");
        Assert.Equal(expected, await MessagesAsync(admin, filter));
    }

    [Fact]
    public void For_WordsWithoutHoles_NameNobodyToAViewer()
    {
        var reader = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Role, "Viewer")], "test"));
        var log = _app.Get<EventLog>();
        log.Append(
            new NewEvent("test.x", Severity.Info, "x", "boss@example.org did x.") { Actor = "boss@example.org" }
        );
        var entry = log.Latest().First(e => e.Type == "test.x");
        Assert.Equal("Somebody did x.", entry.For(reader).Text?.ToString());
    }

    [Theory]
    [InlineData("viewer", false)]
    [InlineData("operator", true)]
    public async Task Actor_IsSeenByThoseWhoAct(string role, bool seen)
    {
        using var reader = await _app.AddUserAsync("reader@example.org", role);
        _app.Get<EventLog>()
            .Append(
                new NewEvent("test.x", Severity.Info, "boss@example.org", "boss@example.org did x.")
                {
                    Actor = "boss@example.org",
                }
            );

        var list = await reader.GetStringAsync("/api/v1/events?type=test.*");
        var csv = await reader.GetStringAsync("/api/v1/events.csv?type=test.*");

        Assert.All([list, csv], text => Assert.Equal(seen, text.Contains("boss@", StringComparison.Ordinal)));
        Assert.All([list, csv], text => Assert.Contains("did x.", text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("viewer", false)]
    [InlineData("operator", true)]
    public async Task Person_WhomAnEventTellsOf_IsSeenByThoseWhoAct(string role, bool seen)
    {
        using var reader = await _app.AddUserAsync("reader@example.org", role);
        _app.Get<EventLog>()
            .Append(
                new NewEvent(
                    "test.x",
                    Severity.Info,
                    "Homelab",
                    "Save of vm4: cancelled (Cancelled by o+x@example.org)."
                )
                {
                    Data = new { by = "o+x@example.org", detail = "Cancelled by o+x@example.org." },
                }
            );

        var list = await reader.GetStringAsync("/api/v1/events?type=test.*");

        Assert.Equal(seen, list.Contains("x@example.org", StringComparison.Ordinal));
        Assert.Contains("Save of vm4", list, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "Viewer",
        "Save of vm4: cancelled (Cancelled by Somebody).",
        "Sichern von vm4: abgebrochen (Abgebrochen von Jemand)."
    )]
    [InlineData(
        "Operator",
        "Save of vm4: cancelled (Cancelled by o+x@example.org).",
        "Sichern von vm4: abgebrochen (Abgebrochen von o+x@example.org)."
    )]
    public void Person_InASentence_IsHiddenInEveryLanguage(string role, string english, string german)
    {
        Sentence why = $"Cancelled by {"o+x@example.org"}.";
        Sentence text =
            $"{Sentence.Of($"Save")} of {"vm4"}: {Sentence.Of($"cancelled")}{Sentence.Of($" ({why.Bare()})")}.";
        var entry = new EventEntry(
            1,
            DateTimeOffset.UnixEpoch,
            "step.cancelled",
            Severity.Info,
            "Homelab",
            text.ToString(),
            JsonElement.Parse("""{"by": "o+x@example.org"}"""),
            null,
            null,
            null,
            null,
            null
        )
        {
            Text = text,
        };
        var reader = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Role, role)], "test"));

        var seen = entry.For(reader);

        Assert.Equal((english, english), (seen.Message, seen.Text?.ToString()));
        var before = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("de");
        try
        {
            Assert.Equal(german, Sentences.Said(seen.Text ?? text));
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }

    [Fact]
    public async Task Csv_ForABrowser_IsBehindItsCookie()
    {
        _app.Get<EventLog>().Append(new NewEvent("test.x", Severity.Warning, "rack-a", "smells"));
        using var browser = new Browser(_app);

        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/events.csv")).StatusCode);
        await browser.SignInAsync();
        var answer = await browser.GetAsync("/events.csv?severity=warning&source=rack-a");

        Assert.Equal("text/csv", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("events.csv", answer.Content.Headers.ContentDisposition?.FileName);
        var lines = (await answer.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Contains(",rack-a,smells,", lines[1], StringComparison.Ordinal);
    }

    private static async Task<IEnumerable<string?>> MessagesAsync(HttpClient client, string filter) =>
        (await (await client.GetAsync($"/api/v1/events?type=test.*&{filter}")).ReadJsonAsync())
            .GetProperty("items")
            .EnumerateArray()
            .Select(e => e.GetProperty("message").GetString());
}
