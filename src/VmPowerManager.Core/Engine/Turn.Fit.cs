using VmPowerManager.Core.Forecasts;

namespace VmPowerManager.Core.Engine;

/// <summary>Tells when an armed plan no longer fits into its batteries while mains is there, and when it does again:
/// batteries age quietly. Reckoned every 30 s at most, with charged batteries only; what changes must hold for a minute.</summary>
internal sealed partial class Turn
{
    private static readonly TimeSpan FitEvery = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FitHolds = TimeSpan.FromSeconds(60);
    private const string DoesNotFit = "doesNotFit";

    /// <summary>A battery that still charges says little about its age.</summary>
    private const double ChargedPercent = 90;

    public void WatchFit()
    {
        if (!configured.Armed)
        {
            Forget(DoesNotFit);
            return;
        }
        var quiet = Run is null && _state.Cycle is null && !AnyTrouble;
        if (!quiet || (_state.FitAt is { } last && last <= Now && Now - last < FitEvery))
            return;
        if (!_state.Upses.Values.All(u => u.OnLine && !(u.Last?.BatteryChargePercent < ChargedPercent)))
            return;
        _state = _state with { FitAt = Now };
        var forecast = Forecast.Of(configured, _state, Now);
        if (forecast.MarginSeconds is { } margin && Changed(margin, forecast.NeededSeconds))
            TellFit(forecast, margin);
    }

    /// <summary>Between too short and well enough nothing is told (hysteresis).</summary>
    private bool Changed(double margin, double needed)
    {
        var told = _state.Told.Contains(DoesNotFit);
        var changes = told ? margin >= Math.Max(30, needed / 10) : margin < 0;
        if (!changes)
        {
            if (_state.FitChangedAt is not null)
                _state = _state with { FitChangedAt = null };
            return false;
        }
        if (_state.FitChangedAt is not { } since || since > Now)
        {
            _state = _state with { FitChangedAt = Now };
            return false;
        }
        return Now - since >= FitHolds;
    }

    private void TellFit(Forecast forecast, double margin)
    {
        _state = _state with { FitChangedAt = null };
        var fits = margin >= 0;
        var needs = Words.Duration(forecast.NeededSeconds);
        var has = Words.Duration(forecast.AvailableSeconds ?? 0);
        (string, string?)[] values =
        [
            ("target", forecast.Tightest),
            ("neededSeconds", forecast.NeededSeconds.ToString("0", Words.Culture)),
            ("availableSeconds", forecast.AvailableSeconds?.ToString("0", Words.Culture)),
            ("marginSeconds", margin.ToString("0", Words.Culture)),
            ("confidence", forecast.Confidence.ToString()),
        ];
        if (fits)
        {
            Forget(DoesNotFit);
            Tell(
                "plan.fitsAgain",
                NoticeLevel.Info,
                $"\"{Plan.Name}\" fits again: it needs {needs}, the batteries give {has}.",
                values
            );
            return;
        }
        // By time limits alone it may still go well; by what was learned it does not.
        var sure = forecast.Confidence != Confidence.Bounds && forecast.UsualSeconds > forecast.AvailableSeconds;
        TellOnce(
            DoesNotFit,
            "plan.doesNotFit",
            sure ? NoticeLevel.Critical : NoticeLevel.Warning,
            $"\"{Plan.Name}\" no longer fits into its batteries: {forecast.Tightest} needs {needs}, and they give {has} less the safety margin. Shorten time limits, shed load, or replace batteries.",
            values
        );
    }
}
