using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;
using VmPowerManager.Components;
using VmPowerManager.Core.Power;
using VmPowerManager.Runs;
using VmPowerManager.Shell;
using VmPowerManager.Ups;

namespace VmPowerManager.Tests.Shell;

public sealed class PowerSentenceTests
{
    private static readonly IStringLocalizer Texts = new ServiceCollection()
        .AddLogging()
        .AddLocalization()
        .BuildServiceProvider()
        .GetRequiredService<IStringLocalizer<Strings>>();

    [Fact]
    public void Nothing_SaysWhatToDo() => Says("No UPS is watched yet: add one", [], []);

    [Fact]
    public void AllWell_NamesRuntimeAndMargin() =>
        Says(
            "All power is fine: 2 UPSes on mains, 47 min of runtime; Homelab is armed and fits with 12 min to spare.",
            [Views.Ups(1, runtime: 2820), Views.Ups(2, runtime: 4000)],
            [Views.Plan(armed: true, needed: 2100, available: 2820)]
        );

    [Fact]
    public void UnarmedPlan_IsSaidLoudly() =>
        Says(
            "All power is fine: ups1 is on mains, runtime unknown; Homelab is not armed: nothing would be shut down.",
            [Views.Ups(1, runtime: null)],
            [Views.Plan(armed: false)]
        );

    [Fact]
    public void PlanThatDoesNotFit_SaysByHowMuch() =>
        Says(
            "Homelab is armed but does not fit: it may need 10 min, and the batteries give 5 min.",
            [Views.Ups(1, runtime: 300)],
            [Views.Plan(armed: true, needed: 600, available: 300)]
        );

    [Fact]
    public void OnBattery_NamesTheUps() =>
        Says(
            "ups2 on battery, 10 min of runtime; there is no plan: nothing would be shut down.",
            [Views.Ups(1), Views.Ups(2, onBattery: true, runtime: 600)],
            []
        );

    [Fact]
    public void SilentUps_IsNotCalledFine() =>
        Says(
            "No data from ups1; 1 of 2 UPSes on mains; there is no plan",
            [Views.Ups(1, comm: Comm.Lost), Views.Ups(2)],
            []
        );

    [Fact]
    public void NeverReadUps_IsNotCalledFine() =>
        Says("No data from ups1; 0 of 1 UPSes on mains", [new UpsStreamView(1, "ups1", true, null)], []);

    [Fact]
    public void BypassedUps_IsNotCalledFine() =>
        Says("1 of 2 UPSes on mains", [Views.Ups(1), Views.Ups(2, status: ["BYPASS"])], []);

    [Fact]
    public void UpsThatAsksForAPerson_IsNotCalledFine() =>
        Says(
            "2 of 2 UPSes on mains, 50 min of runtime, but ups2: Replace the battery",
            [Views.Ups(1), Views.Ups(2, status: ["OL", "RB"])],
            []
        );

    [Fact]
    public void RuntimeOfASilentUps_IsNotCounted() =>
        Says(
            "ups1, ups2 on battery, 50 min of runtime where it is known",
            [Views.Ups(1, onBattery: true), Views.Ups(2, onBattery: true, comm: Comm.Lost, runtime: 60)],
            []
        );

    [Fact]
    public void ActingPlan_SpeaksItself() =>
        Says("Homelab: Because.", [Views.Ups(1, onBattery: true)], [Views.Plan(armed: true, stage: "shuttingDown")]);

    private static void Says(string expected, UpsStreamView[] upses, PlanScreen[] plans) =>
        Assert.Contains(expected, PowerSentence.Of(upses, plans, Texts), StringComparison.Ordinal);
}
