using VmPowerManager.Core;

namespace VmPowerManager.Plans;

/// <summary>What a finding about a plan keeps a person from, weakest first.</summary>
public enum FindingLevel
{
    /// <summary>From nothing: good to know.</summary>
    Remark,

    /// <summary>From arming (C2, F2).</summary>
    Arming,

    /// <summary>From saving: it is not a plan as it stands.</summary>
    Saving,
}

/// <summary>Something about a plan under edit, at the field that it is about (<c>phases[0].steps[1].target.guestId</c>).</summary>
/// <param name="Code">Core's code of a problem; <c>invalid</c> for one of the definition alone; <c>owned</c> for a target of another plan.</param>
public sealed record PlanFinding(string Code, FindingLevel Level, string Field, Sentence Text);
