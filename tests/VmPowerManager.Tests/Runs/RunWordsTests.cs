using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;
using VmPowerManager.Components;
using VmPowerManager.Core.Engine;
using VmPowerManager.Core.Plans;
using VmPowerManager.Runs.Pages;
using static VmPowerManager.Tests.Runs.RunSamples;

namespace VmPowerManager.Tests.Runs;

public sealed class RunWordsTests
{
    private readonly IStringLocalizer<Strings> _words = new ServiceCollection()
        .AddLogging()
        .AddLocalization()
        .BuildServiceProvider()
        .GetRequiredService<IStringLocalizer<Strings>>();

    [Theory]
    [InlineData("runtimeSeconds", "1740", "Runtime", "29 min")]
    [InlineData("onBatterySeconds", "8.0", "On battery", "8 s")]
    [InlineData("chargePercent", "87.5", "Charge", "87.5 %")]
    [InlineData("suppliesNeeded", "1", "Supplies needed", "1")]
    [InlineData("runtimeSeconds", "unknown", "Runtime seconds", "unknown")]
    public void Reason_HasItsUnit(string name, string value, string expectedName, string expectedValue) =>
        Assert.Equal((expectedName, expectedValue), RunWords.Reason(_words, name, value));

    [Fact]
    public void Outcome_WhileItRuns_IsNotThere() => Assert.Null(RunWords.Outcome(_words, Run(RunKind.Shutdown)));

    [Fact]
    public void Outcome_OfAFailedStartup_SaysHowManyAndWhy()
    {
        var run = Run(RunKind.Startup, Guest("a", StepStatus.Done, 1, 9), Guest("b", StepStatus.Failed, 1, 99))
            .Ended(RunStatus.Failed) with
        {
            Outcome = $"The host did not come up.",
        };
        Assert.Equal(
            "1 of 2 came back in 1:40. 1 failed or unknown: look at them below. The host did not come up.",
            RunWords.Outcome(_words, run)
        );
    }

    [Fact]
    public void Trigger_AllConditions_AreSaid() =>
        Assert.Equal(
            "runtime below 10 min or charge below 30 % or 60 s on battery or battery low or the latest moment that fits",
            RunWords.Trigger(
                _words,
                new TriggerDefinition
                {
                    RuntimeBelowSeconds = 600,
                    ChargeBelowPercent = 30,
                    OnBatteryForSeconds = 60,
                    LowBattery = true,
                    Auto = true,
                }
            )
        );

    [Fact]
    public void Cancel_OfAShutdown_SaysWhatEachWayDoesToThisRun()
    {
        var run = Run(
            RunKind.Shutdown,
            Guest("a", StepStatus.Done, 0, 5),
            Guest("b", StepStatus.Running, 1),
            Guest("c", StepStatus.Pending),
            Guest("d", StepStatus.Pending, phase: "db", selected: false)
        );
        var choices = CancelChoices.Of(_words, run);
        Assert.Equal([CancelMode.Hold, CancelMode.Undo, CancelMode.FinishPhase], choices.Select(c => c.Mode));
        Assert.StartsWith(
            "Nothing more is asked to go down: 2 stay up, 1 stay down. 1 that",
            choices[0].Effect,
            StringComparison.Ordinal
        );
        Assert.Contains("what this run stopped (2) is started again", choices[1].Effect, StringComparison.Ordinal);
        Assert.Contains("“Lab VMs” is finished first (2 left in it)", choices[2].Effect, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancel_BetweenPhases_CannotFinishOne() =>
        Assert.Equal(
            [CancelMode.Hold, CancelMode.Undo],
            CancelChoices
                .Of(_words, Run(RunKind.Shutdown, Guest("a", StepStatus.Done, 0, 5), Guest("b", StepStatus.Pending)))
                .Select(c => c.Mode)
        );

    [Fact]
    public void Cancel_OfStartupAndRehearsal_OffersNoUndo()
    {
        var step = Guest("a", StepStatus.Running, 1);
        Assert.Equal(
            [CancelMode.Hold, CancelMode.FinishPhase],
            CancelChoices.Of(_words, Run(RunKind.Startup, step)).Select(c => c.Mode)
        );
        Assert.Equal([CancelMode.Hold], CancelChoices.Of(_words, Run(RunKind.Rehearsal, step)).Select(c => c.Mode));
    }
}
