using Bunit;
using VmPowerManager.Events;
using VmPowerManager.Events.Pages;
using VmPowerManager.Tests.Runs;

namespace VmPowerManager.Tests.Events;

public sealed class EventsTableTests : RunScreenContext
{
    [Fact]
    public void Empty_SaysSo()
    {
        var table = Table();
        table.WaitForAssertion(() => Assert.Contains("No events yet", table.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public void New_ComesAtTheTop_AndTheListStaysShort()
    {
        Append("one");
        Append("two");
        var table = Table(count: 2);
        Shows(table, "two", "one");
        Append("three");
        Shows(table, "three", "two");
    }

    [Fact]
    public async Task Several_WithinASecond_AreShownTogether()
    {
        var table = Table();
        Shows(table);
        Append("one");
        Shows(table, "one");
        Append("two");
        Append("three");
        Shows(table, "one");
        await LaterAsync(() => Messages(table).Count == 3);
        Shows(table, "three", "two", "one");
    }

    [Fact]
    public void Held_IsCounted_AndShownWhenAskedFor()
    {
        Append("one");
        var asked = false;
        var table = Render<EventsTable>(p => p.Add(t => t.Hold, true).Add(t => t.OnShowNew, () => asked = true));
        Shows(table, "one");
        Append("two");
        table.WaitForAssertion(() => Assert.Equal("1 new event", table.Find(".vm-events-new").TextContent.Trim()));
        Shows(table, "one");
        table.Find(".vm-events-new").Click();
        table.Settle();
        Shows(table, "two", "one");
        Assert.True(asked);
    }

    [Fact]
    public async Task Plan_ChoosesItsEvents_OldAndNew()
    {
        Append("mine", plan: 1);
        Append("another's", plan: 2);
        var table = Render<EventsTable>(p => p.Add(t => t.PlanId, 1));
        Shows(table, "mine");
        Append("another's again", plan: 2);
        Append("mine again", plan: 1);
        await LaterAsync(() => Messages(table).Count == 2);
        Shows(table, "mine again", "mine");
    }

    [Fact]
    public void Older_AreFetchedOnDemand()
    {
        for (var i = 0; i < 5; i++)
            Append($"number {i}");
        var table = Render<EventsTable>(p => p.Add(t => t.Count, 2).Add(t => t.Paged, true));
        Shows(table, "number 4", "number 3");
        Older(table);
        Shows(table, "number 4", "number 3", "number 2", "number 1");
        Older(table);
        table.WaitForAssertion(() => Assert.Equal(5, Messages(table).Count));
        Assert.DoesNotContain("Older events", table.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MoreAtOnceThanMemoryHolds_AreReadAnew()
    {
        Append("one");
        var table = Table(count: 2);
        Shows(table, "one");
        Append("two");
        Shows(table, "two", "one");
        for (var i = 0; i < 1100; i++)
            Append($"number {i}");
        await LaterAsync(() => Messages(table).FirstOrDefault() == "number 1099");
        Shows(table, "number 1099", "number 1098");
    }

    [Theory]
    [InlineData("Operator", "anna armed it.")]
    [InlineData("Viewer", "Somebody armed it.")]
    public void Actor_IsForThoseWhoAct(string role, string message)
    {
        As(role);
        Append("anna armed it.", actor: "anna");
        var table = Table();
        Shows(table, message);
        table.Find("details").TriggerEvent("ontoggle", EventArgs.Empty);
        table.Settle();
        Assert.Equal(role == "Operator", table.Markup.Contains("anna", StringComparison.Ordinal));
    }

    [Fact]
    public void Opened_ShowsTheValuesThatDecided()
    {
        Log.Append(
            new NewEvent("run.started", Severity.Critical, "Homelab", "x")
            {
                RunId = 4,
                Data = new { because = "<low>" },
            }
        );
        var table = Table();
        Shows(table, "x");
        Assert.Empty(table.FindAll("pre"));
        table.Find("details").TriggerEvent("ontoggle", EventArgs.Empty);
        table.Settle();
        Assert.Contains("\"because\": \"<low>\"", table.Find("pre").TextContent, StringComparison.Ordinal);
        Assert.Equal("runs/4", table.Find(".vm-event-links a").GetAttribute("href"));
        Assert.Contains("Critical", table.Find("summary").TextContent, StringComparison.Ordinal);
    }

    /// <summary>Time goes on, in steps that end the pauses between renderings.</summary>
    private Task LaterAsync(Func<bool> condition) =>
        Soon.BecomesTrueAsync(
            () =>
            {
                Now.Advance(TimeSpan.FromSeconds(1));
                return Task.FromResult(condition());
            },
            "the list shows it"
        );

    private void Append(string message, int? plan = null, string? actor = null) =>
        Log.Append(new NewEvent("test.happened", Severity.Info, "system", message) { PlanId = plan, Actor = actor });

    private IRenderedComponent<EventsTable> Table(int count = 10) =>
        Render<EventsTable>(p => p.Add(t => t.Count, count));

    private static void Older(IRenderedComponent<EventsTable> table) =>
        table.FindAll("button").Single(b => b.TextContent.Contains("Older events", StringComparison.Ordinal)).Click();

    private static List<string> Messages(IRenderedComponent<EventsTable> table) =>
        [.. table.FindAll(".vm-event-message").Select(m => m.TextContent)];

    private static void Shows(IRenderedComponent<EventsTable> table, params string[] messages) =>
        table.WaitForAssertion(() => Assert.Equal(messages, Messages(table)));
}
