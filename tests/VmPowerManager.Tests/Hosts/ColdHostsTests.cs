using Microsoft.Extensions.Time.Testing;
using VmPowerManager.Hosts;

namespace VmPowerManager.Tests.Hosts;

/// <summary>When an outlet may take the power of a machine that other ways did not wake.</summary>
public sealed class ColdHostsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ColdHosts _cold;

    public ColdHostsTests()
    {
        _cold = new ColdHosts(_time);
        _cold.Note(1);
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData(null, false, true)]
    [InlineData(false, null, true)]
    [InlineData(true, false, false)]
    [InlineData(null, true, false)]
    public void NothingWokeIt_UnlessSomebodySaysThatItIsUp(bool? hasPower, bool? answers, bool expected) =>
        Assert.Equal(expected, _cold.MayCycle(1, hasPower, answers));

    /// <summary>Silent is what a machine is that boots, too.</summary>
    [Theory]
    [InlineData(4, null, false, false)]
    [InlineData(6, null, false, true)]
    [InlineData(6, null, null, false)]
    [InlineData(0, false, null, true)]
    [InlineData(6, true, false, false)]
    [InlineData(6, null, true, false)]
    public void ItWasToldToWake_ItsTimeToBootIsLeftToIt(int minutes, bool? hasPower, bool? answers, bool expected)
    {
        _cold.Woken(1);
        _time.Advance(TimeSpan.FromMinutes(minutes));

        Assert.Equal(expected, _cold.MayCycle(1, hasPower, answers));
    }

    [Fact]
    public void ToldAgain_ItsTimeBeganWithTheFirst()
    {
        _cold.Woken(1);
        _time.Advance(TimeSpan.FromMinutes(4));
        _cold.Woken(1);
        _time.Advance(TimeSpan.FromMinutes(2));

        Assert.True(_cold.MayCycle(1, null, false));
    }

    [Fact]
    public void SeenSince_OrLongAgo_OrNeverProvedOff_ItMayNot()
    {
        _cold.Note(2);
        _cold.Forget(2);
        _time.Advance(TimeSpan.FromHours(1));

        Assert.All([1, 2, 3], id => Assert.False(_cold.MayCycle(id, null, false)));
    }
}
