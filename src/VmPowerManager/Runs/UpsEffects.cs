using System.Globalization;
using VmPowerManager.Core.Engine;
using VmPowerManager.Ups;

namespace VmPowerManager.Runs;

/// <summary>What the engine asks of UPSes (C9).</summary>
public sealed class UpsEffects(IUpsPower upses)
{
    public async Task<EffectEnded> CutAsync(Effect effect, int upsId, CancellationToken ct)
    {
        var answer = await upses.CutAsync(upsId, effect.Delay ?? TimeSpan.Zero, effect.Limit, ct);
        return new EffectEnded(
            effect.Id,
            answer.Ok,
            answer.Value is { } how ? $"{how.Command} was taken." : answer.Words
        );
    }

    public async Task<EffectEnded> AbortAsync(Effect effect, int upsId, CancellationToken ct)
    {
        var answer = await upses.AbortCutAsync(upsId, effect.Limit, ct);
        return new EffectEnded(effect.Id, answer.Ok, answer.Words);
    }

    /// <summary>Whether it could be cut after this delay. In a run mains must be gone besides; a rehearsal is held on
    /// mains.</summary>
    public async Task<EffectEnded> ProbeAsync(Effect effect, int upsId, CancellationToken ct)
    {
        var answer = await upses.FindCutAsync(upsId, effect.Limit, ct);
        if (answer.Value is not { } how)
            return new EffectEnded(effect.Id, false, answer.Words);
        var longest = how.LongestDelay.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
        if (effect.Delay > how.LongestDelay)
            return new EffectEnded(
                effect.Id,
                false,
                $"{how.Command} waits at most {longest} s; {effect.Delay.Value.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s are needed."
            );
        var back = how.CanAbort ? "can be taken back" : "cannot be taken back";
        return new EffectEnded(effect.Id, true, $"{how.Command}, which waits at most {longest} s and {back}.");
    }
}
