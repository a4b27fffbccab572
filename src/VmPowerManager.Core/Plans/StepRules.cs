namespace VmPowerManager.Core.Plans;

/// <summary>What may stand in a step beside its action: ladders of hosts, what is undone, how long a cut waits.</summary>
internal static class StepRules
{
    private const int LongestCutDelaySeconds = 2 * 3600;

    /// <summary>Fields of the step that are wrong, and why.</summary>
    public static IEnumerable<(string Field, string Message)> Against(StepDefinition step)
    {
        if (step.Undo is not null && step.Action != StepAction.Command)
            yield return ("undo", "Only a step with the action command is undone.");
        else if (step.Undo is not null && string.IsNullOrWhiteSpace(step.Undo))
            yield return ("undo", "Say which command, or leave it out.");
        foreach (var wrong in OfPreparation(step).Concat(OfWords(step)))
            yield return wrong;
        if (step.CutDelaySeconds is not null && step.Action != StepAction.CutOutput)
            yield return ("cutDelaySeconds", "Only a step that cuts a UPS output has a delay.");
        else if (step.CutDelaySeconds is < 0 or > LongestCutDelaySeconds)
            yield return ("cutDelaySeconds", "Between 0 seconds and 2 hours.");
        foreach (var wrong in step.Target.HostId is null ? OfGuest(step) : OfHost(step))
            yield return wrong;
    }

    /// <summary>A command's placeholders, and a request in its place.</summary>
    public static IEnumerable<(string Field, string Message)> OfWords(StepDefinition step)
    {
        foreach (var (field, text) in new[] { ("command", step.Command), ("undo", step.Undo) })
        {
            if (HttpRules.Unknown(text) is { } unknown)
                yield return (field, unknown);
            else if (CommandText.Quoted(text) is { } quoted)
                yield return (field, $"{{{quoted}}} stands outside of quotes: it becomes one word whatever its value.");
        }
        if (step.Http is not { } http)
            yield break;
        if (step.Action != StepAction.Command)
            yield return ("http", "Only a step with the action command sends a request.");
        else if (step.Command is not null || step.Undo is not null || step.Prepare is not null)
            yield return ("http", "A request stands in place of a command: leave command, undo and prepare out.");
        foreach (var wrong in HttpRules.Against(http))
            yield return wrong;
    }

    private static IEnumerable<(string Field, string Message)> OfPreparation(StepDefinition step)
    {
        if (step.Prepare is not { } kind)
            yield break;
        if (step.Action != StepAction.Command)
            yield return ("prepare", "Only a step with the action command prepares a host.");
        else if (step.Command is not null || step.Undo is not null)
            yield return ("prepare", "The platform knows how to do and undo it: leave command and undo out.");
        else if (kind.Length is 0 or > 40 || !kind.All(char.IsAsciiLetterOrDigit))
            yield return (
                "prepare",
                "The name of something that the host's platform can do: haDisarmed, cephNoout ..."
            );
    }

    /// <summary>C3: a host is asked, then its BMC takes the power.</summary>
    private static IEnumerable<(string Field, string Message)> OfHost(StepDefinition step)
    {
        for (var r = 0; r < step.Ladder.Length; r++)
        {
            var action = step.Ladder[r].Action;
            if (step.Action != StepAction.Shutdown && r > 0)
                yield return ($"ladder[{r}].action", "Only a shutdown has more than one rung.");
            else if (action is StepAction.Save or StepAction.ForceOff)
                yield return ($"ladder[{r}].action", "Only guests can be saved or forced off.");
            else if (action == StepAction.BmcOff && r == 0)
                yield return ("ladder[0].action", "A host is asked to shut down before its power is taken.");
            else if (action == StepAction.BmcOff && step.NeverForce)
                yield return ($"ladder[{r}].action", "neverForce forbids this rung.");
            else if (action == StepAction.Shutdown && r > 0)
                yield return ($"ladder[{r}].action", "A host is asked to shut down once.");
        }
    }

    private static IEnumerable<(string Field, string Message)> OfGuest(StepDefinition step)
    {
        if (step.NeverForce && step.Action == StepAction.ForceOff)
            yield return ("neverForce", "This step does nothing but force off.");
        if (step.NeverForce && step.OnTimeout == OnTimeout.ForceOff)
            yield return ("onTimeout", "neverForce forbids this.");
        for (var r = 0; r < step.Ladder.Length; r++)
        {
            if (step.Ladder[r].Action == StepAction.BmcOff)
                yield return ($"ladder[{r}].action", "Only hosts have a BMC.");
            else if (step.NeverForce && step.Ladder[r].Action == StepAction.ForceOff)
                yield return ($"ladder[{r}].action", "neverForce forbids this rung.");
        }
    }
}
