using VmPowerManager.Ups.Quality;

namespace VmPowerManager.Tests.Ups.Quality;

/// <summary>Disturbances of the mains, a reading a second.</summary>
public sealed class InputWatchTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly List<InputEvent> _written = [];
    private InputWatch _watch = InputWatch.Begin;
    private TimeSpan _now;

    private IEnumerable<InputEvent> Ended => _written.Where(e => e.End is not null);

    [Fact]
    public void Sag_BelowNinetyPercent_HasItsLowestAndDuration()
    {
        See(230, 210, 200, 190, 205, 230, 231);

        var began = _written[0];
        Assert.Equal((InputEventKind.Sag, Noon.AddSeconds(2), null), (began.Kind, began.Begin, began.End));
        var sag = Assert.Single(Ended);
        Assert.Equal((3, 190, 230), (sag.Seconds, sag.Extreme, sag.Nominal));
        Assert.Equal(Noon.AddSeconds(5), sag.End);
    }

    [Fact]
    public void Sag_HoveringAtItsLimit_IsOne()
    {
        // 207 V is 90 %; it ends above 92 %, 211.6 V.
        See(230, 206, 208, 206, 210, 206, 212);

        Assert.Equal((InputEventKind.Sag, 5), (Assert.Single(Ended).Kind, Assert.Single(Ended).Seconds));
    }

    [Fact]
    public void Swell_AboveHundredAndTenPercent_HasItsHighest()
    {
        See(230, 254, 260, 250, 249, 248);

        var swell = Assert.Single(Ended);
        Assert.Equal((InputEventKind.Swell, 260, 4), (swell.Kind, swell.Extreme, swell.Seconds));
    }

    [Theory]
    [InlineData(210, 250)]
    [InlineData(207, 253)]
    public void Voltage_WithinTenPercent_IsNothing(double low, double high)
    {
        See(230, low, high, 230);

        Assert.Empty(_written);
    }

    /// <summary>Many devices say 0 where they do not measure.</summary>
    [Fact]
    public void Voltage_ZeroOnMains_IsNotMeasured()
    {
        See(230, 0, 0, 230);

        Assert.Empty(_written);
    }

    [Fact]
    public void Voltage_WithoutNominal_IsHeldAgainstWhatItUsuallyIs()
    {
        for (var i = 0; i < 120; i++)
            See(Sight(118) with { NominalVoltage = null });
        See(Sight(100) with { NominalVoltage = null });
        See(Sight(118) with { NominalVoltage = null });

        var sag = Assert.Single(Ended);
        Assert.Equal((InputEventKind.Sag, 100), (sag.Kind, sag.Extreme));
        Assert.Equal(118, Assert.NotNull(sag.Nominal), 0.1);
    }

    [Fact]
    public void Voltage_NominalOfAnotherCountry_IsNotBelieved()
    {
        for (var i = 0; i < 120; i++)
            See(Sight(230) with { NominalVoltage = 120 });
        See(Sight(200) with { NominalVoltage = 120 });
        See(Sight(230) with { NominalVoltage = 120 });

        Assert.Equal((InputEventKind.Sag, 200), (Assert.Single(Ended).Kind, Assert.Single(Ended).Extreme));
    }

    [Fact]
    public void Voltage_WithoutNominal_FollowsWhatStays()
    {
        for (var i = 0; i < 120; i++)
            See(Sight(118) with { NominalVoltage = null });
        for (var i = 0; i < 3600; i++)
            See(Sight(100) with { NominalVoltage = null });

        Assert.Equal(InputEventKind.Sag, Assert.Single(Ended).Kind);
    }

    [Fact]
    public void Voltage_WithoutNominalAndJustSeen_SaysNothing()
    {
        See(Sight(118) with { NominalVoltage = null });
        See(Sight(100) with { NominalVoltage = null });

        Assert.Empty(_written);
    }

    [Fact]
    public void Frequency_MoreThanOnePercentOff_HasItsFarthest()
    {
        foreach (var hertz in (double[])[50, 49.5, 49.4, 48.9, 49.55, 49.8, 50])
            See(Sight(230) with { Frequency = hertz });

        var off = Assert.Single(Ended);
        Assert.Equal((InputEventKind.Frequency, 48.9, 50, 3), (off.Kind, off.Extreme, off.Nominal, off.Seconds));
    }

    [Fact]
    public void Frequency_OfSixtyHertzMains_IsNormal()
    {
        See(Sight(120) with { Frequency = 60, NominalVoltage = 120 });
        See(Sight(120) with { Frequency = 0, NominalVoltage = 120 });

        Assert.Empty(_written);
    }

    [Fact]
    public void BoostThenTrim_AreTwo()
    {
        See(Sight(208) with { Boost = true });
        See(Sight(208) with { Boost = true });
        See(Sight(250) with { Trim = true });
        See(Sight(230));

        Assert.Equal([InputEventKind.Boost, InputEventKind.Trim], Ended.Select(e => e.Kind));
        Assert.Equal([2, 1], Ended.Select(e => e.Seconds));
    }

    [Fact]
    public void Bypass_IsOneWhileItLasts()
    {
        See(Sight(230) with { Bypass = true });
        See(Sight(230) with { Bypass = true });
        See(Sight(230));

        Assert.Equal(InputEventKind.Bypass, Assert.Single(Ended).Kind);
    }

    [Fact]
    public void Transfer_NotConfirmed_StaysOneWithItsReason()
    {
        See(Sight(230));
        See(Sight(0) with { Discharging = true, OnBattery = true, Reason = "input voltage out of range" });
        See(Sight(230) with { Reason = "input voltage out of range" });

        var transfer = Assert.Single(Ended);
        Assert.Equal((InputEventKind.Transfer, 1), (transfer.Kind, transfer.Seconds));
        Assert.Equal("input voltage out of range", transfer.Reason);
    }

    [Fact]
    public void Transfer_Confirmed_BecomesAnOutageOfTheSameBeginning()
    {
        See(230);
        for (var i = 0; i < 60; i++)
            See(Sight(0) with { Discharging = true, OnBattery = true, Confirmed = i >= 3 });
        See(230);

        Assert.Equal(
            [InputEventKind.Transfer, InputEventKind.Outage, InputEventKind.Outage],
            _written.Select(e => e.Kind)
        );
        Assert.Single(_written.Select(e => (e.Begin, e.Source)).Distinct());
        Assert.Equal((60, 0), (Ended.Single().Seconds, Ended.Single().Extreme));
    }

    [Fact]
    public void Sag_ThatTurnsIntoAnOutage_EndsThere()
    {
        See(230, 190, 180);
        See(Sight(0) with { Discharging = true, OnBattery = true });

        Assert.Equal((InputEventKind.Sag, 180), (Ended.Single().Kind, Ended.Single().Extreme));
    }

    /// <summary>POLICY A5: a self-test is no trouble of the mains.</summary>
    [Fact]
    public void SelfTest_OnBattery_IsNothing()
    {
        See(230);
        See(Sight(0) with { Discharging = true, Frequency = 40.1 });
        See(230);

        Assert.Empty(_written);
    }

    [Fact]
    public void Gap_WithinASag_EndsItAtTheLastReading()
    {
        See(230, 190, 190);
        _now += TimeSpan.FromMinutes(5);
        See(230);

        var sag = Assert.Single(Ended);
        Assert.True(sag.Cut);
        Assert.Equal((1, Noon.AddSeconds(2)), (sag.Seconds, sag.End));
    }

    [Fact]
    public void Gap_WithinAnOutage_GoesOnAsItsEvidenceDoes()
    {
        See(Sight(0) with { Discharging = true, OnBattery = true, Confirmed = true });
        _now += TimeSpan.FromMinutes(5);
        See(Sight(0) with { Discharging = true, OnBattery = true, Confirmed = true });
        See(230);

        var outage = Assert.Single(Ended);
        Assert.Equal((false, 302), (outage.Cut, outage.Seconds));
    }

    private void See(params double[] volts)
    {
        foreach (var value in volts)
            See(Sight(value));
    }

    private static InputSight Sight(double volts) => new(default, default) { Voltage = volts, NominalVoltage = 230 };

    private void See(InputSight sight)
    {
        var (next, changed) = _watch.See(sight with { At = Noon + _now, Taken = _now });
        _watch = next;
        _written.AddRange(changed);
        _now += TimeSpan.FromSeconds(1);
    }
}
