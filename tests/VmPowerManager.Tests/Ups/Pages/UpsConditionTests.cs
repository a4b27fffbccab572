using VmPowerManager.Components;
using VmPowerManager.Core.Power;
using VmPowerManager.Ups.Pages;
using static VmPowerManager.Tests.Ups.Pages.UpsViews;

namespace VmPowerManager.Tests.Ups.Pages;

public sealed class UpsConditionTests
{
    [Theory]
    [InlineData("OL", Condition.Normal, "On mains")]
    [InlineData("OL CHRG", Condition.Normal, "On mains")]
    [InlineData("OL TRIM", Condition.Normal, "On mains")]
    [InlineData("OL TEST", Condition.Working, "Self-test runs")]
    [InlineData("OL CAL", Condition.Working, "Calibration runs")]
    [InlineData("OL RB", Condition.Attention, "Replace the battery")]
    [InlineData("OL OVER RB", Condition.Attention, "Overloaded")]
    [InlineData("OL LB", Condition.Attention, "Low battery")]
    [InlineData("BYPASS", Condition.Attention, "On bypass")]
    [InlineData("OFF", Condition.Attention, "Output is off")]
    [InlineData("OL FSD", Condition.Attention, "Forced shutdown is set")]
    [InlineData("OB DISCHRG", Condition.Attention, "On battery, not confirmed")]
    [InlineData("", Condition.Unknown, "Status unknown")]
    [InlineData("WAIT", Condition.Unknown, "Status unknown")]
    public void Flags_WhileItAnswers_AreNamedByTheGravest(string status, Condition condition, string word) =>
        Assert.Equal((condition, word), UpsCondition.Of(Reading(status)));

    [Theory]
    [InlineData("OB DISCHRG", Comm.Ok, false, false, Condition.Attention, "On battery")]
    [InlineData("OB LB", Comm.Ok, true, true, Condition.Critical, "Low battery")]
    [InlineData("OB FSD", Comm.Ok, true, false, Condition.Critical, "Forced shutdown")]
    [InlineData("OB OVER", Comm.Ok, true, false, Condition.Critical, "Overloaded on battery")]
    [InlineData("OB", Comm.Ok, true, false, Condition.Critical, "Critical")]
    [InlineData("OB DISCHRG", Comm.Stale, false, false, Condition.Attention, "On battery, no data")]
    [InlineData("OB DISCHRG", Comm.Lost, true, false, Condition.Critical, "Critical, no data")]
    public void OnBattery_StaysSo_WhoeverAnswers(
        string status,
        Comm comm,
        bool critical,
        bool low,
        Condition condition,
        string word
    )
    {
        var reading = Reading(status, comm) with { OnBattery = true, Critical = critical, LowBattery = low };

        Assert.Equal((condition, word), UpsCondition.Of(reading));
    }

    [Theory]
    [InlineData(Comm.Stale, "Data are old")]
    [InlineData(Comm.Lost, "No data")]
    public void OnLine_WithoutAnswer_IsUnknown(Comm comm, string word) =>
        Assert.Equal((Condition.Unknown, word), UpsCondition.Of(Reading("OL", comm)));

    [Fact]
    public void Test_ThatDischarges_IsNoOutage() =>
        Assert.Equal(
            (Condition.Working, "Self-test runs"),
            UpsCondition.Of(Reading("OB TEST") with { Masked = MaskKind.Test })
        );

    [Fact]
    public void Ups_DisabledOrNotRead_IsUnknown()
    {
        Assert.Equal(
            (Condition.Unknown, "Not watched"),
            (UpsCondition.Of(Seen(null, enabled: false)), UpsCondition.Word(Seen(null, enabled: false)))
        );
        Assert.Equal("Not read yet", UpsCondition.Word(Seen(null)));
    }

    [Fact]
    public void Flags_BesideTheWord_AreTranslatedAndUnknownOnesStayAsTheyAre()
    {
        var words = UpsFlag.Beside(Reading("OL CHRG RB BOOST XYZZY")).Select(f => f.Word);

        Assert.Equal(["Charging", "Raises the voltage", "XYZZY"], words);
    }
}
