using VmPowerManager.Ups;
using VmPowerManager.Ups.Pages;
using static VmPowerManager.Tests.Ups.Pages.UpsViews;

namespace VmPowerManager.Tests.Ups.Pages;

public sealed class UpsListingTests
{
    private static readonly UpsStreamView[] All =
    [
        Seen(Reading() with { LoadPercent = 20, Model = "Smart-UPS" }, 1, "beta"),
        Seen(null, 2, "Alpha"),
        Seen(Reading("OB") with { OnBattery = true, LoadPercent = 60 }, 3, "gamma"),
    ];

    [Fact]
    public void Foremost_MoreThanThereIsRoomFor_TheWorst()
    {
        Assert.Equal(["Alpha", "beta", "gamma"], UpsListing.Foremost(All, 3).Select(u => u.Name));
        Assert.Equal(["gamma", "Alpha"], UpsListing.Foremost(All, 2).Select(u => u.Name));
    }

    [Theory]
    [InlineData(UpsOrder.Name, false, "Alpha beta gamma")]
    [InlineData(UpsOrder.Name, true, "gamma beta Alpha")]
    [InlineData(UpsOrder.State, false, "gamma Alpha beta")]
    [InlineData(UpsOrder.Load, false, "beta gamma Alpha")]
    [InlineData(UpsOrder.Load, true, "gamma beta Alpha")]
    public void Order_AsAsked_UnknownLast(UpsOrder order, bool descending, string names) =>
        Assert.Equal(names, Names(null, order, descending));

    [Theory]
    [InlineData("ALPHA", "Alpha")]
    [InlineData("smart beta", "beta")]
    [InlineData("on battery", "gamma")]
    [InlineData("nothing", "")]
    public void Search_FindsNameModelAndState(string search, string names) =>
        Assert.Equal(names, Names(search, UpsOrder.Name, false));

    private static string Names(string? search, UpsOrder order, bool descending) =>
        string.Join(' ', UpsListing.Of(All, search, order, descending, UpsCondition.Word).Select(u => u.Name));
}
