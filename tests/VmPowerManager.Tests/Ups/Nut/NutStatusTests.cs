using VmPowerManager.Core.Power;
using VmPowerManager.Ups.Nut;

namespace VmPowerManager.Tests.Ups.Nut;

public sealed class NutStatusTests
{
    public static TheoryData<string, UpsStatus> Words =>
        [
            .. Enum.GetValues<UpsStatus>()
                .Where(f => f != UpsStatus.None)
                .Select(f => new TheoryDataRow<string, UpsStatus>(f.ToString(), f)),
        ];

    [Theory]
    [MemberData(nameof(Words))]
    public void Parse_EveryWord_IsItsFlagAlone(string word, UpsStatus flag)
    {
        var (flags, unknown) = NutStatus.Parse(word);

        Assert.Equal(flag, flags);
        Assert.Empty(unknown);
    }

    [Theory]
    [InlineData("OL CHRG", UpsStatus.OL | UpsStatus.CHRG)]
    [InlineData("OB DISCHRG", UpsStatus.OB | UpsStatus.DISCHRG)]
    [InlineData("DISCHRG", UpsStatus.DISCHRG)]
    [InlineData("  ALARM  OB\tLB ", UpsStatus.ALARM | UpsStatus.OB | UpsStatus.LB)]
    [InlineData("FSD OL", UpsStatus.FSD | UpsStatus.OL)]
    [InlineData("OL OL", UpsStatus.OL)]
    [InlineData("OL,OB", UpsStatus.None, "OL,OB")]
    [InlineData("1", UpsStatus.None, "1")]
    [InlineData("ol chrg", UpsStatus.OL | UpsStatus.CHRG)]
    [InlineData("OL HE SPECIAL Heated special", UpsStatus.OL | UpsStatus.ECO, "SPECIAL", "Heated")]
    [InlineData("OL CHRG LB", UpsStatus.OL | UpsStatus.CHRG | UpsStatus.LB)]
    [InlineData("ALARM OL RB", UpsStatus.ALARM | UpsStatus.OL | UpsStatus.RB)]
    [InlineData("ECO OL", UpsStatus.ECO | UpsStatus.OL)]
    [InlineData("NOTOL", UpsStatus.None, "NOTOL")]
    public void Parse_Words_AreComparedWhole(string status, UpsStatus flags, params string[] unknown)
    {
        var parsed = NutStatus.Parse(status);

        Assert.Equal(flags, parsed.Flags);
        Assert.Equal(unknown, parsed.Unknown);
    }

    /// <summary>POLICY A2: never on line.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("WAIT")]
    [InlineData("WAIT OL")]
    [InlineData("wait")]
    [InlineData("SLEEP OVERHEAT")]
    public void Parse_NothingUsable_IsUnknown(string? status) =>
        Assert.Equal(UpsStatus.None, NutStatus.Parse(status).Flags);

    [Fact]
    public void Parse_ThousandsOfWords_AreBounded() =>
        Assert.Equal(
            32,
            NutStatus.Parse(string.Join(' ', Enumerable.Range(0, 10_000).Select(i => $"X{i}"))).Unknown.Length
        );
}
