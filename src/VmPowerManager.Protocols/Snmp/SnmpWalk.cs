namespace VmPowerManager.Protocols.Snmp;

/// <summary>One walk: GETBULK where the version has it, smaller steps where the agent cannot answer large ones.</summary>
internal sealed class SnmpWalk(SnmpAsk ask, SnmpVersion version, int repetitions, int tries)
{
    private readonly List<SnmpVariable> _found = [];
    private int _step = version is SnmpVersion.V1 ? 1 : Math.Max(1, repetitions);
    private bool _stepAnswered;

    public async Task<IReadOnlyList<SnmpVariable>> RunAsync(Oid root, int most, CancellationToken ct)
    {
        var last = root;
        while (_found.Count < most)
        {
            var answer = await NextAsync(last, most - _found.Count, ct);
            if (answer is null)
                continue;
            if (version is SnmpVersion.V1 && answer.Status is SnmpErrorStatus.NoSuchName)
                break;
            if (answer.Status is not SnmpErrorStatus.NoError)
                throw SnmpException.Of(answer.Status, last);
            if (!Take(answer, root, most, ref last))
                break;
        }
        return _found;
    }

    /// <summary>Null: the step was too large and is smaller now.</summary>
    private async Task<SnmpPdu?> NextAsync(Oid last, int room, CancellationToken ct)
    {
        var step = Math.Min(_step, room);
        IReadOnlyList<SnmpVariable> from = [new(last, SnmpValue.Absent(SnmpType.Null))];
        var request =
            step > 1
                ? new SnmpPdu(SnmpPduType.GetBulk, 0, from) { MaxRepetitions = step }
                : new SnmpPdu(SnmpPduType.GetNext, 0, from);
        try
        {
            var answer = await ask(request, step > 1 && !_stepAnswered ? 1 : tries, ct);
            if (step == 1 || answer.Status is SnmpErrorStatus.NoError)
            {
                _stepAnswered = true;
                return answer;
            }
            // tooBig, or a card that stumbles over one of many.
            _step = answer.Status is SnmpErrorStatus.TooBig ? step / 2 : 1;
        }
        catch (SnmpException e) when (e.Reason is SnmpFault.Timeout && step > 1)
        {
            _step = 1;
        }
        return null;
    }

    /// <returns>Whether the agent goes on, and forward.</returns>
    private bool Take(SnmpPdu answer, Oid root, int most, ref Oid last)
    {
        foreach (var variable in answer.Variables)
        {
            var goesOn =
                variable.Value.Type is not SnmpType.EndOfMibView
                && variable.Name.IsWithin(root)
                && variable.Name > last
                && _found.Count < most;
            if (!goesOn)
                return false;
            if (variable.Value.IsPresent)
                _found.Add(variable);
            last = variable.Name;
        }
        return answer.Variables.Count > 0;
    }
}
