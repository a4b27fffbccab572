using VmPowerManager.Core.Engine;

namespace VmPowerManager.Core.Simulation;

/// <summary>UPSes of a virtual world whose outputs are cut (C9).</summary>
public partial class VirtualWorld
{
    private void PassCuts()
    {
        foreach (var ups in Upses.Values)
            ups.PassCut(Now);
    }

    private string? DoUps(int upsId, Effect effect)
    {
        var (ups, delay) = (Upses[upsId], effect.Delay ?? TimeSpan.Zero);
        return effect.Kind switch
        {
            EffectKind.UpsCut => ups.TakeCut(delay, Now),
            EffectKind.UpsAbortCut => ups.TakeAbort(),
            _ => ups.ProbeCut(delay),
        };
    }
}
