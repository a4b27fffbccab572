namespace VmPowerManager.Core.Simulation;

public sealed partial record SimulatedUps
{
    /// <summary>Where charging begins to taper.</summary>
    private const double BulkEnd = 0.9;
    private const double Full = 0.9995;
    private const double WarmingSeconds = 1200;

    /// <summary>Lets time pass, mains and load staying as they are. What happens within (empty, countdowns, the end of a
    /// test) happens at its own moment, so big and small steps lead to the same state.</summary>
    public SimulatedUps Advance(TimeSpan elapsed)
    {
        var ups = Settle();
        for (var left = elapsed; left > TimeSpan.Zero; )
        {
            var step = ups.UntilChange() is { } change && change < left ? change : left;
            ups = ups.Flow(step).Settle();
            left -= step;
        }
        return ups;
    }

    /// <summary>When the next thing happens by itself; at least one tick.</summary>
    private TimeSpan? UntilChange()
    {
        TimeSpan? next = null;
        Sooner(Cut?.Left);
        Sooner(IsMainsGood ? StartIn : null);
        if (AwaitsMains && IsMainsGood && StartIn is null && 100 * Charge < ReturnChargePercent)
            Sooner(TimeSpan.FromSeconds(1));
        if (IsOnBattery)
        {
            Sooner(UntilCharge(0));
            if (Test == SimulatedTest.Quick)
                Sooner(TestLeft);
            else if (Test != SimulatedTest.None)
                Sooner(UntilCharge(LowCharge));
        }
        return next;

        void Sooner(TimeSpan? candidate)
        {
            if (candidate is { } at && (next is null || at < next))
                next = at > TimeSpan.Zero ? at : TimeSpan.FromTicks(1);
        }
    }

    /// <summary>Rounded up: after it the charge is there.</summary>
    private TimeSpan UntilCharge(double charge) =>
        TimeSpan.FromSeconds(Math.Min(1e8, Math.Max(0, Charge - charge) * FullRuntimeSeconds)) + TimeSpan.FromTicks(1);

    /// <summary>What flows while nothing changes.</summary>
    private SimulatedUps Flow(TimeSpan step)
    {
        var seconds = step.TotalSeconds;
        var heat = (IsOnBattery ? 8 * Math.Min(1.5, LoadPercent / 100) : 0) + (IsCharging ? 2 : 0) + 2;
        var cooled = Math.Exp(-seconds / WarmingSeconds);
        return this with
        {
            Charge = ChargeAfter(seconds),
            BatteryCelsius = AmbientCelsius + heat + ((BatteryCelsius - AmbientCelsius - heat) * cooled),
            Cut = Cut is { } cut ? cut with { Left = cut.Left - step } : null,
            StartIn = StartIn is { } start && IsMainsGood ? start - step : StartIn,
            TestLeft = Test == SimulatedTest.Quick ? TestLeft - step : TimeSpan.Zero,
            OnBatteryFor = IsOnBattery ? OnBatteryFor + step : TimeSpan.Zero,
            OutputWattHours = OutputWattHours + (OutputWatts * seconds / 3600),
            Uptime = Uptime + step,
        };
    }

    private double ChargeAfter(double seconds)
    {
        if (IsOnBattery)
            return Math.Max(0, Charge - (seconds / FullRuntimeSeconds));
        if (!IsCharging)
            return Charge;
        var bulkRate = BulkEnd / Model.RechargeTime.TotalSeconds * BatteryPace;
        var bulk = Math.Clamp((BulkEnd - Charge) / bulkRate, 0, seconds);
        var charge = Charge + (bulk * bulkRate);
        if (bulk < seconds)
            // Its slope begins where the bulk's ends.
            charge = 1 - ((1 - charge) * Math.Exp(-(seconds - bulk) * bulkRate / (1 - BulkEnd)));
        return charge >= Full ? 1 : charge;
    }

    /// <summary>What follows at once from how things stand.</summary>
    private SimulatedUps Settle()
    {
        var ups = this;
        if (ups.IsOnBattery && ups.Charge <= 0)
            ups = ups.SwitchOff(awaitsMains: true);
        if (ups.Cut is { } cut && cut.Left <= TimeSpan.Zero)
            ups = ups.EndCut(cut.Kind);
        if (ups.Test != SimulatedTest.None)
            ups = ups.SettleTest();
        return ups.SettleStart();
    }

    private SimulatedUps EndCut(SimulatedCutKind kind)
    {
        var done = this with { Cut = null };
        if (!IsOutputOn)
            return done;
        if (kind == SimulatedCutKind.Return && IsMainsGood)
            return Model.Return switch
            {
                SimulatedReturn.Cycles => done.SwitchOff(awaitsMains: RestartsByItself),
                SimulatedReturn.StaysOff => done.SwitchOff(awaitsMains: false),
                _ => done,
            };
        var returns = kind switch
        {
            SimulatedCutKind.Return => RestartsByItself,
            SimulatedCutKind.Reboot => true,
            _ => false,
        };
        return done.SwitchOff(awaitsMains: returns);
    }

    private SimulatedUps SettleTest()
    {
        if (!IsMainsGood || !IsOutputOn)
            return EndTest(SimulatedTestResult.Aborted);
        var isOver = Test == SimulatedTest.Quick ? TestLeft <= TimeSpan.Zero : IsLow;
        if (!isOver)
            return this;
        return EndTest(BatteryHealth < 0.5 ? SimulatedTestResult.Failed : SimulatedTestResult.Passed);
    }

    private SimulatedUps SettleStart()
    {
        if (!AwaitsMains)
            return this;
        if (!IsMainsGood)
            return this with { StartIn = null };
        if (StartIn is null && 100 * Charge >= ReturnChargePercent)
            return this with { StartIn = StartDelay };
        return StartIn is { } start && start <= TimeSpan.Zero ? SwitchOn() : this;
    }

    private SimulatedUps EndTest(SimulatedTestResult result) =>
        this with
        {
            Test = SimulatedTest.None,
            TestLeft = TimeSpan.Zero,
            LastTest = result,
        };

    private SimulatedUps SwitchOff(bool awaitsMains) =>
        this with
        {
            IsOutputOn = false,
            AwaitsMains = awaitsMains,
            Cut = null,
            StartIn = null,
            OnBatteryFor = TimeSpan.Zero,
        };

    private SimulatedUps SwitchOn() => this with { IsOutputOn = true, AwaitsMains = false, StartIn = null };
}
