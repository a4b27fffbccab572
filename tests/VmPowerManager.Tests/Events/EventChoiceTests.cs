using VmPowerManager.Events;
using VmPowerManager.Events.Pages;

namespace VmPowerManager.Tests.Events;

public sealed class EventChoiceTests
{
    private static readonly TimeZoneInfo Berlin = EventChoice.Zone("Europe/Berlin");

    [Fact]
    public void Read_AllOfIt_IsTheFilter()
    {
        var choice = EventChoice.Read("low", "warning, Critical,loud", "ups.*", "rack-a", "2026-01-15T11:00:00Z", null);
        Assert.Null(choice.Problem);
        Assert.Equal([Severity.Warning, Severity.Critical], choice.Filter.Severities);
        Assert.Equal(("low", "ups.*", "rack-a"), (choice.Filter.Text, choice.Filter.Type, choice.Filter.Source));
        Assert.Equal(new DateTimeOffset(2026, 1, 15, 11, 0, 0, TimeSpan.Zero), choice.Filter.From);
    }

    [Fact]
    public void Read_ATimeThatIsNone_IsToldAndLeftOut()
    {
        var choice = EventChoice.Read(null, null, null, null, null, "yesterday");
        Assert.Equal("“yesterday” is no time that can be read.", choice.Problem);
        Assert.Null(choice.Filter.To);
    }

    [Fact]
    public void Same_ListsWithTheSameContents_AreTheSame()
    {
        var (one, two) = (
            EventChoice.Read(null, "warning,critical", null, null, null, null),
            EventChoice.Read(null, "warning,critical", null, null, null, null)
        );
        Assert.True(one.Same(two));
        Assert.False(one.Same(EventChoice.Read(null, "critical", null, null, null, null)));
        Assert.False(one.Same(EventChoice.Read("x", "warning,critical", null, null, null, null)));
    }

    [Theory]
    [InlineData("2026-07-01T12:00", "2026-07-01T10:00:00Z")]
    [InlineData("2026-01-15T12:00", "2026-01-15T11:00:00Z")]
    // Left out when the clocks go forward.
    [InlineData("2026-03-29T02:30", "2026-03-29T01:30:00Z")]
    [InlineData("", null)]
    [InlineData("soon", null)]
    public void Time_FromTheInput_IsKeptInUtc(string local, string? utc) =>
        Assert.Equal(utc, EventChoice.ToUtc(local, Berlin));

    [Theory]
    [InlineData("2026-07-01T10:00:00Z", "2026-07-01T12:00")]
    [InlineData("2026-01-15T12:00:00+01:00", "2026-01-15T12:00")]
    [InlineData("soon", null)]
    [InlineData(null, null)]
    public void Time_FromTheAddress_IsShownInTheReadersZone(string? utc, string? local) =>
        Assert.Equal(local, EventChoice.ToLocal(utc, Berlin));

    [Fact]
    public void Zone_Unknown_IsUtc() => Assert.Equal(TimeZoneInfo.Utc, EventChoice.Zone("Atlantis/Centre"));
}
