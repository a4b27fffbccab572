using Bunit;
using VmPowerManager.Core.Engine;
using VmPowerManager.Runs;
using VmPowerManager.Runs.Pages;
using VmPowerManager.Tests.Shell;
using static VmPowerManager.Tests.Runs.RunSamples;

namespace VmPowerManager.Tests.Runs;

public sealed class PlanCardTests : RunScreenContext
{
    [Fact]
    public void Armed_OnMains_IsCalm()
    {
        AddPlan(armed: true);
        Show(Views.Plan(armed: true));
        var card = Card();
        Assert.Equal("On mains", card.Find(".vm-chip").TextContent.Trim());
        Assert.Contains("Because.", card.Markup, StringComparison.Ordinal);
        Assert.Contains("Fits with 40:00 to spare", card.Markup, StringComparison.Ordinal);
        Assert.Empty(card.FindAll(".vm-notarmed, .vm-plan-run, .vm-next"));
        Assert.NotEmpty(card.FindAll(".vm-plan-armed"));
    }

    [Fact]
    public void NotArmed_SaysSoLoudly_AndCriticallyOnBattery()
    {
        AddPlan(armed: false);
        Show(Views.Plan(armed: false));
        var card = Card();
        Assert.Contains("Not armed", card.Find(".vm-notarmed").TextContent, StringComparison.Ordinal);
        Assert.Contains("vm-attention", card.Find("article").ClassName, StringComparison.Ordinal);

        Show(Views.Plan(armed: false, stage: "onBattery"));
        card.WaitForAssertion(() =>
            Assert.Contains("vm-critical", card.Find("article").ClassName, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void OnBattery_CountsDownToTheNextPhase_AndRoundedSecondsDoNotMoveIt()
    {
        AddPlan(armed: true);
        Show(Views.Plan(armed: true, stage: "onBattery", next: new("lab", "Lab VMs", 30, "below 10 min runtime")));
        var card = Card();
        var due = card.Find(".vm-next-clock").GetAttribute("data-at");
        Assert.Equal("2026-01-15T12:00:30.000Z", due);
        Assert.Contains("or below 10 min runtime", card.Find(".vm-next").TextContent, StringComparison.Ordinal);

        var later = Views.Plan(armed: true, stage: "onBattery", next: new("lab", "Lab VMs", 29, "later"));
        Show(later with { At = Views.Now.AddSeconds(1.4) });
        card.WaitForAssertion(() => Assert.Contains("later", card.Markup, StringComparison.Ordinal));
        Assert.Equal(due, card.Find(".vm-next-clock").GetAttribute("data-at"));
    }

    [Fact]
    public void NextPhase_ThatNothingBegins_IsSaid()
    {
        AddPlan(armed: true);
        Show(Views.Plan(armed: true, stage: "onBattery", next: new("lab", "Lab VMs", null, "")));
        Assert.Contains("never begins by itself", Card().Find(".vm-next").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void ShuttingDown_ShowsTheRun_InPlaceOfTheForecast()
    {
        AddPlan(armed: true);
        Show(Views.Plan(armed: true, stage: "shuttingDown"));
        Runs.Put(Record(Run(RunKind.Shutdown, Guest("a", StepStatus.Done, 0, 4), Guest("b", StepStatus.Running, 1))));
        var card = Card();
        Assert.Equal("runs/7", card.Find(".vm-plan-run").GetAttribute("href"));
        Assert.Contains("1 of 2 down", card.Markup, StringComparison.Ordinal);
        Assert.Empty(card.FindAll(".vm-forecast"));
        Assert.Contains("vm-critical", card.Find("article").ClassName, StringComparison.Ordinal);

        Runs.Put(Record(Run(RunKind.Shutdown).Ended(RunStatus.Succeeded)));
        card.WaitForAssertion(() => Assert.NotEmpty(card.FindAll(".vm-forecast")));
    }

    [Fact]
    public void StartingUp_SaysHowManyAreBack()
    {
        AddPlan(armed: true);
        Show(Views.Plan(armed: true, stage: "startingUp"));
        Runs.Put(Record(Run(RunKind.Startup, Guest("a", StepStatus.Done, 0, 4), Guest("b", StepStatus.Pending))));
        Assert.Contains("1 of 2 back", Card().Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Held_SaysByWhomAndWhatItStillDoes()
    {
        AddPlan(armed: true);
        var screen = Views.Plan(armed: true, stage: "held");
        var hold = new HoldView("anna", Views.Now, Views.Now.AddHours(1), EvenIfCritical: false);
        Show(screen with { State = screen.State with { Hold = hold } });
        var card = Card();
        Assert.Contains("by anna", card.Find(".vm-hold").TextContent, StringComparison.Ordinal);
        Assert.Contains("still acts when the power becomes critical", card.Markup, StringComparison.Ordinal);
        Assert.Equal("until", card.Find(".vm-hold time").GetAttribute("data-clock"));
    }

    [Theory]
    [InlineData(true, "Next")]
    [InlineData(false, "If it were armed")]
    public void NextPhase_OfAPlanThatWillNotAct_IsNoPromise(bool armed, string label)
    {
        AddPlan(armed);
        Show(Views.Plan(armed, stage: "onBattery", next: new("lab", "Lab VMs", 30, "")));
        Assert.Equal(label, Card().Find(".vm-next .vm-label").TextContent);
    }

    [Fact]
    public void Age_IsShown_AndTurnsStaleByItself()
    {
        AddPlan(armed: true);
        Show(Views.Plan(armed: true));
        var card = Card();
        Assert.Equal("2026-01-15T12:00:00.000Z", card.Find(".vm-ages time[data-stale='30']").GetAttribute("data-at"));
    }

    [Fact]
    public void Runtime_Unknown_IsNotMadeUp()
    {
        AddPlan(armed: true);
        Show(Views.Plan(armed: true, available: null));
        var card = Card();
        Assert.Contains("Runtime unknown", card.Markup, StringComparison.Ordinal);
        Assert.Contains("vm-unknown-value", card.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Removed_ShowsNothing() => Assert.Equal("", Card().Markup.Trim());

    private IRenderedComponent<PlanCard> Card() => Render<PlanCard>(p => p.Add(c => c.PlanId, 1));
}
