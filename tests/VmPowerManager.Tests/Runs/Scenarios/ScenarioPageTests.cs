using Bunit;
using VmPowerManager.Core.Simulation;
using VmPowerManager.Runs.Scenarios.Pages;

namespace VmPowerManager.Tests.Runs.Scenarios;

public sealed class ScenarioPageTests : RunScreenContext
{
    [Fact]
    public void List_ShowsTheLibrary_AndFindsByWords()
    {
        As("Viewer");
        var page = Render<ScenariosPage>();
        Assert.Equal(ScenarioLibrary.All.Length, page.FindAll(".vm-scenario-item").Count);
        page.Find(".vm-filters input").Input("flicker");
        page.Settle();
        Now.Advance(TimeSpan.FromSeconds(1)); // typing is waited for
        page.WaitForAssertion(() =>
        {
            var item = Assert.Single(page.FindAll(".vm-scenario-item"));
            Assert.Equal("scenarios/flicker", item.GetAttribute("href"));
        });
    }

    [Fact]
    public void Page_PlaysWithTheScenariosOwnPlan_AndShowsWhatCameOfIt()
    {
        As("Operator");
        var page = Render<ScenarioPage>(p => p.Add(s => s.Id, "mains-back-mid-shutdown"));
        page.WaitForElement(".vm-scenario-play button.mud-button-filled").Click();
        page.WaitForAssertion(
            () => Assert.Contains("Ends as it must", page.Markup, StringComparison.Ordinal),
            TimeSpan.FromSeconds(30)
        );
        Assert.Contains("web is off", page.Markup, StringComparison.Ordinal);
        Assert.Equal(4, page.FindAll(".vm-scenario-end").Count);
    }

    [Fact]
    public void Page_ForAViewer_ShowsAndDoesNotPlay()
    {
        As("Viewer");
        var page = Render<ScenarioPage>(p => p.Add(s => s.Id, "flicker"));
        var play = page.WaitForElement(".vm-scenario-play button.mud-button-filled");
        Assert.True(play.HasAttribute("disabled"));
        Assert.Contains("Operators play scenarios", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_OfNoScenario_SaysSo()
    {
        As("Viewer");
        var page = Render<ScenarioPage>(p => p.Add(s => s.Id, "outage-99"));
        page.WaitForAssertion(() =>
            Assert.Contains("This scenario does not exist", page.Markup, StringComparison.Ordinal)
        );
    }
}
